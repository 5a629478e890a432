/** Something in memory that an answer was made of. */
export type Part = {
  /** Whether that would be read now, too. */
  stands(): boolean;
  /** What it takes, since it stays for as long as the answer is kept. */
  bytes(): number;
};

/**
 * What the answer to a question is made of. While that is nothing but what everybody may see, and comes from memory, its
 * text may be kept for as long as all of that stands.
 */
export class Made {
  readonly question: string;
  #parts: Part[] = [];
  #fromMemory = true;

  constructor(question: string) {
    this.question = question;
  }

  from(part: Part): void {
    if (this.#fromMemory) this.#parts.push(part);
  }

  /** Of something else as well: a service's answer, an error, or what one person alone may see. */
  fromElsewhere(): void {
    this.#fromMemory = false;
    this.#parts = [];
  }

  get mayBeKept(): boolean {
    return this.#parts.length > 0;
  }

  stands(): boolean {
    return this.#parts.every((part) => part.stands());
  }

  bytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.bytes(), 0);
  }
}
