// Comma-separated text (RFC 4180), with what people add: comments, empty lines, a byte order mark, bare line feeds.

/** A field, and where it begins: line and column of the text, from 1. */
export type Field = { readonly text: string; readonly line: number; readonly column: number };

/** Why text is refused, in one line that says where. */
export type CsvFault = { readonly fault: string };

/** UTF-16 units of one text, fields of all records, units of one field. */
const TEXT_MAX: number = 8 * 1024 * 1024;
const FIELDS_MAX = 300_000;
const FIELD_MAX = 256;

/** The records of a text, each at least one field; what is hostile costs no more than what is long. */
export function readCsv(text: string): readonly (readonly Field[])[] | CsvFault {
  if (text.length > TEXT_MAX)
    return { fault: `the text has ${text.length} characters; at most ${TEXT_MAX} are read` };
  return new Reader(text).records();
}

export function faultAt({ line, column }: Omit<Field, 'text'>, what: string): CsvFault {
  return { fault: `line ${line}, column ${column}: ${what}` };
}

/** A field as faults show it: short, on one line, in plain letters. */
export function shown(text: string): string {
  const plain = text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
  return `"${plain}${text.length > 40 ? '...' : ''}"`;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #fields = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\ufeff')) this.#at = this.#lineStart = 1;
  }

  records(): readonly (readonly Field[])[] | CsvFault {
    const records: (readonly Field[])[] = [];
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === '#') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      }
      if (this.#endsLine()) continue;
      const record = this.#record();
      if ('fault' in record) return record;
      if (record.length > 1 || record[0]?.text !== '') records.push(record);
    }
    return records;
  }

  #record(): readonly Field[] | CsvFault {
    const record: Field[] = [];
    for (;;) {
      const field = this.#text[this.#at] === '"' ? this.#quoted() : this.#plain();
      if ('fault' in field) return field;
      record.push(field);
      this.#fields += 1;
      if (this.#fields > FIELDS_MAX) return faultAt(field, `more than ${FIELDS_MAX} fields`);
      if (this.#at >= this.#text.length || this.#endsLine()) return record;
      if (this.#text[this.#at] !== ',')
        return this.#fault('after a quoted field comes a comma or the end of the line');
      this.#at += 1;
    }
  }

  /** Spaces around it are not part of it. */
  #plain(): Field | CsvFault {
    const start = this.#at;
    while (this.#at < this.#text.length && !/[,\r\n]/.test(this.#text[this.#at] as string)) {
      if (this.#text[this.#at] === '"')
        return this.#fault('a quote within a field that does not begin with one');
      this.#at += 1;
      if (this.#at - start > FIELD_MAX)
        return this.#fault(`a field longer than ${FIELD_MAX} characters`);
    }
    const text = this.#text.slice(start, this.#at).trim();
    return { text, line: this.#line, column: start - this.#lineStart + 1 };
  }

  /** As it stands between its quotes; two of them stand for one. */
  #quoted(): Field | CsvFault {
    const begun = this.#here();
    let text = '';
    for (this.#at += 1; ; ) {
      const letter = this.#text[this.#at];
      if (letter === undefined) return faultAt(begun, 'a quote that is never closed');
      this.#at += 1;
      if (letter === '"') {
        if (this.#text[this.#at] !== '"') return { text, ...begun };
        this.#at += 1;
      }
      if (letter === '\n') this.#newLine();
      text += letter;
      if (text.length > FIELD_MAX)
        return faultAt(begun, `a field longer than ${FIELD_MAX} characters`);
    }
  }

  /** Steps over the end of a line, if there is one here. */
  #endsLine(): boolean {
    const step = this.#text.startsWith('\r\n', this.#at)
      ? 2
      : this.#text[this.#at] === '\n'
        ? 1
        : 0;
    this.#at += step;
    if (step > 0) this.#newLine();
    return step > 0;
  }

  #newLine(): void {
    this.#line += 1;
    this.#lineStart = this.#at;
  }

  #here(): { readonly line: number; readonly column: number } {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #fault(what: string): CsvFault {
    return faultAt(this.#here(), what);
  }
}
