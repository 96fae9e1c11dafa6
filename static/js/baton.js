// One behaviour per file, each hanging on a data- attribute; the page works without any of them.
import "./ime.js";
import "./once.js";
import "./toast.js";
import "./dialog.js";
import "./menu.js";
import "./choice.js";
import "./axes.js";
import "./unit.js";
import "./grow.js";
import "./page.js";
import "./scroll.js";
import "./palette.js";
import "./keys.js";
import "./board.js";
import "./bulk.js";
import "./mentions.js";
import "./files.js";
