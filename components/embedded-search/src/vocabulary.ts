/** Limits the work for one suggestion. */
const maxSimilarWords = 50;

/** The words of the names, by first letter. A word is never removed; without documents it matches nothing. */
export class Vocabulary {
  readonly #byFirstLetter = new Map<string, Set<string>>();

  add(word: string): void {
    const letter = word.charAt(0);
    const words = this.#byFirstLetter.get(letter);
    if (words) words.add(word);
    else this.#byFirstLetter.set(letter, new Set([word]));
  }

  /** Words with the same first letter as `typed` and a prefix that is one edit away from it. */
  withSimilarPrefix(typed: string): string[] {
    const similar: string[] = [];
    for (const word of this.#byFirstLetter.get(typed.charAt(0)) ?? []) {
      if (hasPrefixOneEditAway(word, typed)) similar.push(word);
      if (similar.length === maxSimilarWords) break;
    }
    return similar;
  }
}

/** Whether `word` would start with `typed` if one wrong, missing, extra or swapped letter in `typed` were corrected. */
function hasPrefixOneEditAway(word: string, typed: string): boolean {
  let same = 0;
  while (same < typed.length && word.charAt(same) === typed.charAt(same)) same += 1;
  if (same === typed.length) return false;
  const rest = typed.slice(same + 1);
  const wrong = word.startsWith(rest, same + 1) && same < word.length;
  const missing = word.startsWith(typed.slice(same), same + 1);
  const extra = word.startsWith(rest, same);
  const swapped =
    word.charAt(same) === typed.charAt(same + 1) &&
    word.charAt(same + 1) === typed.charAt(same) &&
    word.startsWith(typed.slice(same + 2), same + 2);
  return wrong || missing || extra || swapped;
}
