"""Makes the pictures in docs/pictures: `python -m tests.screenshots`. It starts a demo of its own."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser import ARGUMENTS, CHROMIUM, demo

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
LARGEST = 150_000
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


def main() -> int:
    """Make them all."""
    if not CHROMIUM:
        print("needs Debian's Chromium: apt-get install chromium", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        _journey(browser, address)
        browser.close()
    return 0


def _journey(browser: Browser, address: str) -> None:
    table = _page(browser, f"{address}/?left=wim&right=sanne", wide=True)
    wim, sanne = table.locator(".phone").nth(0), table.locator(".phone").nth(1)
    hand = _page(browser, f"{address}/?left=john&right=sanne")
    other = hand.locator(".phone").nth(0)

    _tap(other, "Start")
    _hears(other, "Is that all right with you?")
    _save(hand, "welcome")

    _tap(wim, "Meld een losse stoeptegel")
    _tap(wim, "Ja: Stoep of straat kapot")
    _hears(wim, "Waar is het?")
    _tap(wim, "Heulstraat, voor nummer 12")
    _hears(wim, "Klopt het zo?")
    hand.goto(f"{address}/?left=wim&right=sanne")
    _hears(other, "Klopt het zo?")
    _save(hand, "complaint", top=other.locator(".message").filter(has=hand.get_by_role("img")).last)
    _tap(wim, "Versturen")
    _hears(wim, "Het nummer van je melding is M41")
    _be(sanne, "Kantoor")
    _tap(sanne, "M41 openen")
    _be(sanne, "Sanne")
    _hears(sanne, "M41 · Stoep of straat kapot · binnengekomen")
    hand.goto(f"{address}/?left=sanne&right=wim")
    _hears(other, "M41 · Stoep of straat kapot · binnengekomen")
    _save(hand, "card", top=other.locator(".message").filter(has=hand.get_by_role("img")).last)

    _tap(sanne, "Het is opgelost")
    _hears(sanne, "M41: wat is er gedaan?")
    _tap(sanne, "De tegel ligt weer vast.")
    _hears(sanne, "Stuur een foto van hoe het nu is")
    _tap(sanne, "Foto van hoe het nu is")
    _tap(sanne, "Laat het de melder weten")
    _hears(wim, "dit is gedaan.")
    _hears(sanne, "Klaar. De melder krijgt bericht.")
    _save(table, "two-phones")
    for _day in range(3):
        table.get_by_role("button", name="+1 dag").click()
    _hears(wim, "Is het echt opgelost? (M41)")
    hand.goto(f"{address}/?left=wim&right=sanne")
    _hears(other, "Is het echt opgelost? (M41)")
    _save(hand, "follow-up", top=other.locator(".message").filter(has=hand.get_by_role("img")).last)
    _tap(wim, "Ja, het is opgelost")
    _hears(wim, "M41 is nu klaar.")

    _tap(wim, "Twee vragen")
    _hears(wim, "Waar ben je trots op")
    _tap(wim, "Op mijn buren. We letten op elkaar.")
    _hears(wim, "En wat moet er beter?")
    _hears(other, "En wat moet er beter?")
    _save(hand, "questions")
    _tap(wim, "Overslaan")
    _hears(wim, "Dank je wel! We lezen het")

    hand.goto(f"{address}/?left=amina&right=sanne")
    _tap(other, "Meld een kapotte stoeptegel")
    _tap(other, "نعم، هذا يناسبني")
    _tap(other, "Heksenberg")
    _tap(other, "نعم: \u2068رصيف أو شارع مكسور\u2069")
    _hears(other, "أين هذا؟")
    _tap(other, "أمام المدرسة")
    _hears(other, "هل هذا صحيح؟")
    _save(hand, "right-to-left")
    _tap(other, "إرسال")
    _hears(other, "M42")

    hand.goto(f"{address}/?left=wim&right=sanne")
    _tap(other, "Praten met een mens")
    _hears(other, "Wat wil je zeggen of vragen?")
    _tap(other, "Mag ik jullie bellen?")
    _be(sanne, "Kantoor")
    _hears(sanne, "Het gaat over mijn huur.")
    _tap(sanne, "Antwoord: ik zoek het voor je uit")
    _hears(other, "Je hoort het vandaag van mij.")
    _save(hand, "person")
    _tap(other, "Het gesprek stoppen")
    _hears(other, "Het gesprek is klaar.")
    _be(sanne, "Sanne")

    hand.goto(f"{address}/?left=sanne&right=wim")
    _tap(other, "Cijfers")
    _hears(other, "Meldingen: binnen en opgelost")
    expect(other.locator(".message").last.get_by_role("img")).to_have_js_property("complete", True)
    _save(hand, "figures")

    table.emulate_media(color_scheme="dark")
    _tap(sanne, "Nodig iedereen uit voor de barbecue")
    for asked, given in (
        ("Hoe heet het?", "Barbecue in het park"),
        ("Wanneer begint het?", "overmorgen 17:00"),
        ("typ waar het is", "Buurtpark, bij de vijver"),
        ("Wat moeten mensen nog meer weten?", "Neem je buren mee!"),
        ("foto voor bij de uitnodiging", "Overslaan"),
        ("Dit krijgen de mensen te zien:", "Iedereen uitnodigen"),
    ):
        _hears(sanne, asked)
        _tap(sanne, given)
    _hears(wim, "Barbecue in het park")
    _hears(sanne, "▓▓▓▓▓▓▓▓░")
    _save(table, "invitations-dark")


def _page(browser: Browser, address: str, *, wide: bool = False) -> Page:
    size = {"width": 1280, "height": 800} if wide else {"width": 390, "height": 844}
    page = browser.new_page(
        viewport=size,  # type: ignore[arg-type]  # a plain dict will do
        device_scale_factor=1.5,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
    )
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    return page


def _be(at: Locator, name: str) -> None:
    at.locator(".people").get_by_role("button", name=name).click()


def _tap(at: Locator, label: str) -> None:
    at.get_by_role("button", name=label, exact=True).last.click()


def _hears(at: Locator, words: str) -> None:
    expect(at.locator(".message.theirs").filter(has_text=words).last).to_be_in_viewport()


def _save(page: Page, name: str, *, top: Locator | None = None) -> None:
    """Without the marks of a mouse and a cursor, in few colours; from the message `top` on."""
    if top is not None:
        top.evaluate("node => node.scrollIntoView()")
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    few = picture.quantize(colors=256, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)
    size = (PICTURES / f"{name}.png").stat().st_size
    if size > LARGEST:
        raise ValueError(f"{name}.png is too large: {size} bytes")
    print(f"docs/pictures/{name}.png  {size // 1000} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
