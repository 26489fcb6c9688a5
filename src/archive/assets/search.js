// @ts-nocheck: a browser's script, and the types of this project are those of Node.js.

// The search: goes through the text of the transcript, which lies in files of its own beside this one.
(() => {
  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const results = document.getElementById("results");
  const shards = Number(query.dataset.shards);
  /** As many lines as are shown; who wants others has to say more. */
  const most = 200;
  const lines = [];
  let arrived = 0;

  /** Text as it is compared: without the difference of cases, accents and widths. */
  function fold(text) {
    const folded = text.toLowerCase();
    return /^[\0-\x7f]*$/.test(folded) ? folded : folded.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  }

  // What the files of text call.
  window.cordonSearch = (shard) => {
    for (const [page, anchor, at, who, words] of shard) {
      lines.push({ page, anchor, at, who, words, folded: fold(`${who}\n${words}`) });
    }
  };

  function load(number) {
    if (number === shards) return;
    const script = document.createElement("script");
    script.src = `assets/search-${String(number).padStart(3, "0")}.js`;
    script.onload = () => {
      arrived += 1;
      search();
      load(number + 1);
    };
    script.onerror = () => {
      found.textContent = `${script.src} cannot be read: the archive is not whole.`;
    };
    document.head.append(script);
  }

  function search() {
    const terms = fold(query.value).split(/\s+/).filter(Boolean);
    const hits =
      terms.length === 0 ? [] : lines.filter(({ folded }) => terms.every((t) => folded.includes(t)));
    results.replaceChildren(...hits.slice(0, most).map((hit) => show(hit, terms)));
    found.textContent = terms.length === 0 ? "Nothing was searched for yet." : summary(hits.length);
    document.dispatchEvent(new Event("cordon-times"));
  }

  function summary(count) {
    const lines = count === 1 ? "1 line" : `${count.toLocaleString("en")} lines`;
    const shown = count > most ? `, the first ${most} are shown` : "";
    const rest = arrived < shards ? `; read ${arrived} of ${shards} files so far` : "";
    return `Found ${lines}${shown}${rest}.`;
  }

  function show({ page, anchor, at, who, words }, terms) {
    const time = element("time", at.replace("T", " ").replace(/\.\d+Z$/, "Z"));
    time.dateTime = at;
    const link = element("a", time, " ", element("bdi", who));
    link.href = `messages/${String(page).padStart(4, "0")}.html#${encodeURIComponent(anchor)}`;
    const text = element("p", ...marked(excerpt(words, terms), terms));
    text.dir = "auto";
    return element("li", link, text);
  }

  /** The part of a text in which the first term stands. */
  function excerpt(words, terms) {
    const at = words.toLowerCase().indexOf(terms[0]);
    const start = Math.max(0, at - 80);
    const part = words.slice(start, start + 280);
    return `${start > 0 ? "…" : ""}${part}${start + 280 < words.length ? "…" : ""}`.toWellFormed();
  }

  function marked(text, terms) {
    const pattern = terms.map((term) => RegExp.escape?.(term) ?? term.replaceAll(/[^\p{L}\p{N}]/gu, "\\$&"));
    // Every second part is what the pattern found.
    return text
      .split(new RegExp(`(${pattern.join("|")})`, "i"))
      .map((part, index) => (index % 2 === 0 ? part : element("mark", part)));
  }

  function element(name, ...children) {
    const made = document.createElement(name);
    made.append(...children);
    return made;
  }

  query.addEventListener("input", search);
  query.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    results.querySelector("a")?.focus();
  });
  query.focus();
  load(0);
})();
