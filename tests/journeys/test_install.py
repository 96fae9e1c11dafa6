"""The browser offers to install Baton: its manifest, icons and worker are as it wants them."""

import pytest

from tests import browser as browsers
from tests import factories
from tests.browser import PHONE, Window
from tests.journeys.conftest import REP


@pytest.fixture
def window(browser, base, tmp_path):
    """Not a private window: there nothing is installed."""
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=browsers.chromium(), args=browsers.QUIET, viewport=PHONE, locale="ja-JP"
    )
    window = Window(context, context.pages[0], base).watch()
    window.log_in(REP, factories.PASSWORD)
    yield window
    context.close()
    assert window.faults == []


def test_nothing_keeps_it_from_being_installed(window: Window):
    window.go("/today/")
    window.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tools = window.context.new_cdp_session(window.page)

    assert tools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert tools.send("Page.getAppManifest")["errors"] == []
