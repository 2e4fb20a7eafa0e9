/**
 * Code points and UTF-16 units in one text: the browser counts the second, everything stored counts the first.
 *
 * The Python side is fieldstudy/text.py; both are tested on the same vectors.
 */

/** Conversions for one text, prepared by one pass over it; each conversion is a binary search. */
export class OffsetIndex {
  /** @param {string} text */
  constructor(text) {
    /** @type {number[]} UTF-16 positions of the characters that take two units, in order */
    this.wide = [];
    for (let unit = 0; unit < text.length; unit += 1) {
      if (text.codePointAt(unit) > 0xffff) {
        this.wide.push(unit);
        unit += 1;
      }
    }
    /** Length of the text in UTF-16 units. */
    this.units = text.length;
    /** Length of the text in code points. */
    this.points = text.length - this.wide.length;
  }

  /**
   * UTF-16 units before a code point offset.
   *
   * @param {number} point from 0 to `points`
   * @returns {number}
   * @throws {RangeError} outside the text
   */
  toUtf16(point) {
    checkWithin(point, this.points);
    // The i-th wide character is the code point wide[i] - i.
    return point + countBefore(this.wide.length, (index) => this.wide[index] - index < point);
  }

  /**
   * Code points before a UTF-16 offset.
   *
   * @param {number} unit from 0 to `units`
   * @returns {number}
   * @throws {RangeError} outside the text, or between the two halves of a character
   */
  toCodePoint(unit) {
    checkWithin(unit, this.units);
    const before = countBefore(this.wide.length, (index) => this.wide[index] < unit);
    if (before > 0 && this.wide[before - 1] === unit - 1) {
      throw new RangeError(`Offset ${unit} is inside a character`);
    }
    return unit - before;
  }
}

/**
 * How many code points a string has.
 *
 * @param {string} text
 * @returns {number}
 */
export function codePointLength(text) {
  return new OffsetIndex(text).points;
}

/**
 * @param {number} offset
 * @param {number} last
 */
function checkWithin(offset, last) {
  if (!Number.isInteger(offset) || offset < 0 || offset > last) {
    throw new RangeError(`Offset ${offset} is outside the text, which ends at ${last}`);
  }
}

/**
 * How many of the first `length` indexes satisfy a condition that holds up to some index and for none after it.
 *
 * @param {number} length
 * @param {(index: number) => boolean} holds
 * @returns {number}
 */
function countBefore(length, holds) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
