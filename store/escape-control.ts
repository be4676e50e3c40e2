/**
 * Makes text of unknown origin safe to print on one line of a terminal: control characters (C0, DEL, C1), line and
 * paragraph separators, marks that change the direction of writing, and lone surrogates become `\u{hex}`.
 * All other text comes back unchanged.
 */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

export function escapeControl(text: string): string {
  return text.replace(unsafe, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** The same for JSON text, which stays JSON of the same value. `JSON.stringify` itself escapes what lies below U+0020. */
export function escapeInJson(json: string): string {
  return json.replace(unsafe, (character) =>
    character < ' ' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
