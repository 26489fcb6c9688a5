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

  /** Whether folding makes one letter of each letter; most texts are so, and it saves much. */
  const isPlain = (text) => /^[\0-\x7f]*$/.test(text);

  /** Text as it is compared: without the difference of cases, accents and widths. */
  function fold(text) {
    const folded = text.toLowerCase();
    return isPlain(folded) ? folded : folded.normalize("NFKD").replaceAll(/\p{M}/gu, "");
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
    const at = unfolded(words, fold(words).indexOf(terms[0]));
    // From the beginning of a word, unless that is far away.
    const start = at < 80 ? 0 : at - 80 + Math.max(0, words.slice(at - 80, at - 40).search(/\s/));
    const part = words.slice(start, start + 280);
    return `${start > 0 ? "…" : ""}${part}${start + 280 < words.length ? "…" : ""}`.toWellFormed();
  }

  /** The place in a text that has become this place of the folded text. */
  function unfolded(text, place) {
    if (isPlain(text)) return place;
    let [low, high] = [0, text.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (fold(text.slice(0, middle + 1)).length > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** A text with all terms marked in it, as they are written there. */
  function marked(text, terms) {
    const letters = Array.from(text);
    const folded = fold(text);
    // Of a letter folding may make none, one or several: each place of the folded text knows whose it is.
    const owners = isPlain(text)
      ? [...letters.keys()]
      : letters.flatMap((letter, index) => Array(fold(letter).length).fill(index));
    const isMarked = new Set();
    for (const term of terms) {
      for (let at = folded.indexOf(term); at !== -1; at = folded.indexOf(term, at + term.length)) {
        for (const owner of owners.slice(at, at + term.length)) isMarked.add(owner);
      }
    }
    const parts = [];
    letters.forEach((letter, index) => {
      if (index === 0 || isMarked.has(index) !== isMarked.has(index - 1)) parts.push("");
      parts[parts.length - 1] += letter;
    });
    const first = isMarked.has(0) ? 0 : 1;
    return parts.map((part, index) => (index % 2 === first ? element("mark", part) : part));
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
