import type { Chance } from "./chance.ts";

const spoken = (
  "the gateway refuses payments again since twenty past two and nobody at the provider answers can you look at " +
  "queue seven it holds 4,182 messages that should have gone out I have restarted the first node on srv-pay-03 " +
  "no change so far latency of checkout is at 2.4 s p95 errors went from 0.2 % to 11 % rollback of release " +
  "2026.11.3 is prepared who has the keys of the vault please wait before anybody touches the database replica " +
  "lag is falling customers in Zürich and São Paulo report the same für Kunden sichtbar nur Karten I agree let us " +
  "do it now 👍 https://status.bank.example/incidents/4711 certificate of api.bank.example expires tomorrow not the " +
  "cause I think it is the connection pool max_connections was lowered on Monday see the change above"
).split(" ");

/** A sentence of so many words. */
export function sentence(chance: Chance, words: number): string {
  return Array.from({ length: words }, () => chance.of(spoken)).join(" ");
}

const samples = {
  python: (n: number, word: string) =>
    `def check_${n}(queue, limit=${n}):\n    """Where ${word} waits."""\n    waiting = [m for m in queue if m.age > limit]\n    if len(waiting) > ${n % 97}:\n        raise Stalled(f"{len(waiting)} waiting in ${word}")\n    return waiting\n`,
  sql: (n: number, word: string) =>
    `SELECT id, state, updated_at FROM payment WHERE batch = ${n} AND state <> 'done' -- ${word}\nORDER BY updated_at DESC LIMIT ${n % 50};\n`,
  json: (n: number, word: string) =>
    `{"level": "error", "ts": ${n}, "message": "upstream refused: ${word}", "pool": {"size": ${n % 64}, "free": 0}}\n`,
  bash: (n: number, word: string) =>
    `for host in srv-pay-{01..0${n % 10}}; do ssh "$host" 'journalctl -u gateway --since -${n % 60}min | grep ${word}'; done\n`,
} as const;
const languages = Object.keys(samples).filter((name): name is keyof typeof samples => name in samples);

/** Code as somebody pastes it, of about so many characters. */
export function code(chance: Chance, length: number): { readonly language: string; readonly text: string } {
  const language = chance.of(languages);
  let text = "";
  while (text.length < length) text += samples[language](chance.between(1, 9999), chance.of(spoken));
  return { language, text };
}
