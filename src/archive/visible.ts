/** Control characters, line and paragraph separators, and the controls of writing direction (UAX #9). */
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Names, titles and file names are shown in one line next to words of ours. A character that is not seen, or
 * that turns the text around it, could make them read as something else: those are shown as what they are.
 */
export function visible(text: string): string {
  return text.toWellFormed().replaceAll(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
