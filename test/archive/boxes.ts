import type { Page } from "playwright-core";

/** What holds words that somebody wrote. */
const boxes = ".masthead, .top, .who, .message, .text, .quiet, .journal, .marks li, .results li";

/** A box is drawn with this much around it, in pixels: accents and the ring of the focus. */
const margin = 6;

/** Does what a reader's hands and eyes do everywhere on a page: shows all of it, and touches every element. */
export async function touchEverything(page: Page): Promise<void> {
  await page.evaluate(`for (const one of document.querySelectorAll("main, main *")) {
    if (one.matches("details")) one.open = true;
    one.style.contentVisibility = "visible";
    for (const type of ["mouseover", "focus", "toggle", "load", "error"]) one.dispatchEvent(new Event(type));
  }`);
}

/**
 * What is on a page in another place than its own, each with its beginning: a box beyond the screen or that does
 * not cut off what it holds, something that reaches out of its box, a time behind the words that it is of.
 */
export async function outOfPlace(page: Page): Promise<readonly string[]> {
  const found: unknown = await page.evaluate(`(() => {
    const found = [];
    const say = (what, one) => found.push(what + ": " + one.outerHTML.slice(0, 200));
    const within = (inner, outer, margin) => inner.width === 0 ||
      inner.left >= outer.left - margin && inner.right <= outer.right + margin &&
      inner.top >= outer.top - margin && inner.bottom <= outer.bottom + margin;
    if (document.documentElement.scrollWidth > innerWidth) say("wider than the screen", document.body);
    for (const box of document.querySelectorAll("${boxes}")) {
      const outer = box.getBoundingClientRect();
      if (outer.left < 0 || outer.right > innerWidth) say("beyond the screen", box);
      if (getComputedStyle(box).overflow !== "clip") say("lets out what it holds", box);
      for (const one of box.querySelectorAll("*")) {
        // What is moved within a window of its own is cut off by that.
        const isMoved = one.parentElement.closest(".long, .scroll") !== null;
        if (!isMoved && !within(one.getBoundingClientRect(), outer, ${margin})) say("out of its box", one);
      }
    }
    for (const line of document.querySelectorAll(".message, .quiet, .journal")) {
      const [time, words] = line.children;
      const [first, second] = [time, words].map((one) => one.getBoundingClientRect());
      if (first.left > second.left || first.top > second.bottom) say("not in its order", line);
    }
    return found;
  })()`);
  if (!Array.isArray(found)) throw new TypeError("the page gave no list");
  return found.map(String);
}
