/**
 * What the answer to a question is made of. While that is nothing but what everybody may see, and comes from memory, its
 * text may be kept for as long as all of that stands.
 */
export class Made {
  readonly question: string;
  #parts: (() => boolean)[] = [];
  #fromMemory = true;

  constructor(question: string) {
    this.question = question;
  }

  /** Of something in memory; `stands`: whether that would be read now, too. */
  from(stands: () => boolean): void {
    if (this.#fromMemory) this.#parts.push(stands);
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
    return this.#parts.every((stands) => stands());
  }
}
