// The server asked by a script: what it answers, or why it could not.
import { me } from "./store.js";

const url = document.querySelector("[data-me]")?.dataset.meUrl;
let token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];

const ask = (address, options = {}) => fetch(address, { redirect: "manual", cache: "no-store", credentials: "same-origin", ...options });

// who is logged in, and a fresh token; nothing if nobody is
export const here = async () => {
  const answer = await ask(url);
  if (!answer.ok) return null;
  const said = await answer.json();
  if (said.me === me) token = said.token;
  return said;
};

// with the token; one that is no longer good is fetched anew, once
export const send = async (address, options, again = true) => {
  const headers = { "X-CSRFToken": token ?? "", ...options.headers };
  const answer = token ? await ask(address, { ...options, headers }) : { status: 403 };
  if (answer.status !== 403 || !again) return answer;
  return (await here())?.me === me ? send(address, options, false) : answer;
};

export const askJSON = async (address) => {
  const answer = await ask(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
};
