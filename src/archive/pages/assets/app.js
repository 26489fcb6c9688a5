// @ts-nocheck: a browser's script, and the types of this project are those of Node.js.

// On every page of an archive: the keys and the clock. The page says all it has to say without it.
(() => {
  /** What a reader chose stays chosen, where the browser keeps such things for files. */
  const choices = {
    read(name) {
      try {
        return localStorage.getItem(`cordon ${name}`);
      } catch {
        return null;
      }
    },
    write(name, value) {
      try {
        localStorage.setItem(`cordon ${name}`, value);
      } catch {
        // Then it is chosen for this page alone.
      }
    },
  };

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // The clock: all times of the page in UTC, as they are written, or in the organisation's zone.

  const zone = document.documentElement.dataset.zone ?? "UTC";
  const formatter = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });

  function inZone(datetime, hasDate) {
    const parts = formatter.formatToParts(new Date(datetime));
    const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
    const time = `${part.hour}:${part.minute}:${part.second}`;
    return hasDate ? `${part.year}-${part.month}-${part.day} ${time}` : time;
  }

  function tellTimes(isLocal) {
    for (const time of document.querySelectorAll("time[datetime]")) {
      time.dataset.utc ??= time.textContent;
      const { utc } = time.dataset;
      const isKnown = !Number.isNaN(Date.parse(time.dateTime));
      time.textContent = isLocal && isKnown ? inZone(time.dateTime, utc.includes("-")) : utc;
    }
    for (const word of document.querySelectorAll(".zone")) word.textContent = isLocal ? zone : "UTC";
    clock.setAttribute("aria-pressed", String(isLocal));
    choices.write("clock", isLocal ? "local" : "utc");
  }

  const isLocalNow = () => clock.getAttribute("aria-pressed") === "true";
  const clock = element("button", {
    type: "button",
    textContent: `Times in ${zone}`,
    onclick: () => tellTimes(!isLocalNow()),
  });

  // The keys. They are single characters, so they can be switched off (WCAG 2.1.4).

  const keys = {
    "/": ["Search", toSearch],
    j: ["Next line", () => step(1)],
    k: ["Line before", () => step(-1)],
    t: ["Other clock", () => clock.click()],
    "?": ["This list", () => list.showModal()],
  };

  function toSearch() {
    const query = document.getElementById("query");
    if (query !== null) query.select();
    else document.querySelector('.places a[href$="search.html"]')?.click();
  }

  function step(by) {
    const lines = [...document.querySelectorAll(".message, .quiet, .journal, .marks li, #results li")];
    const current = lines.findIndex((line) => line.contains(document.activeElement));
    const inView = lines.findIndex((line) => line.getBoundingClientRect().bottom > 0);
    const next = lines[current === -1 ? inView : current + by];
    const target = next?.querySelector("a[href]") ?? next;
    if (target?.matches("li")) target.tabIndex = -1;
    target?.focus();
  }

  const areKeysOn = element("input", {
    type: "checkbox",
    checked: choices.read("keys") !== "off",
    onchange: () => choices.write("keys", areKeysOn.checked ? "on" : "off"),
  });
  const list = element(
    "dialog",
    { className: "keys" },
    element("h2", { id: "keys", textContent: "Keys" }),
    element(
      "dl",
      {},
      ...Object.entries(keys).map(([key, [words]]) =>
        element(
          "div",
          {},
          element("dt", {}, element("kbd", { textContent: key })),
          element("dd", { textContent: words }),
        ),
      ),
    ),
    element("label", {}, areKeysOn, " These keys are on"),
    element("button", { type: "button", textContent: "Close", onclick: () => list.close() }),
  );
  list.setAttribute("aria-labelledby", "keys");

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input[type=search]");
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping || list.open) return;
    if (!areKeysOn.checked || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key][1]();
  });

  const places = document.querySelector(".places ul");
  const open = element("button", { type: "button", textContent: "Keys", onclick: keys["?"][1] });
  if (zone !== "UTC") places?.append(element("li", {}, clock));
  places?.append(element("li", {}, open));
  document.body.append(list);
  if (choices.read("clock") === "local" && zone !== "UTC") tellTimes(true);

  // Lines that come later, as the search finds them, ask for their times.
  document.addEventListener("cordon-times", () => tellTimes(isLocalNow()));
})();
