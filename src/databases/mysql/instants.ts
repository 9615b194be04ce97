/** Points in time as the server gives them: as text, or in parts. */

import { InvalidValueError } from "../../core/error.ts";

const ZERO = 48;
const MS_OF_DAY = 86_400_000;

/** Two digits at a place. */
function digits(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

/** A digit of the fraction, which has as many as the column's precision. */
function digit(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) - ZERO : 0;
}

function padded(number: number, length: number): string {
  return String(number).padStart(length, "0");
}

/**
 * The days from 1970-01-01 to a day of the Gregorian calendar, by years that begin with March. `Date.UTC` takes twice as
 * long, and years below 100 for the twentieth century.
 */
function daysSince1970(year: number, month: number, day: number): number {
  if (month === 0 || day === 0) {
    throw new InvalidValueError(
      "The database holds a date whose month or day is 0, which no instant is.",
      { hint: "Change it to NULL; MySQL lets such dates in without its strict mode." },
    );
  }
  const known = (year - FIRST_KNOWN_YEAR) * 12 + month - 1;
  let before = daysBefore[known];
  if (before === undefined) return daysBeforeMonth(year, month) + day;
  if (before === 0) {
    before = daysBeforeMonth(year, month);
    daysBefore[known] = before;
  }
  return before + day;
}

const FIRST_KNOWN_YEAR = 1900;
/** The days from 1970-01-01 to the one before each month of two centuries; 0 where it isn't known yet. */
const daysBefore = new Int32Array(200 * 12);

function daysBeforeMonth(year: number, month: number): number {
  const isBeforeMarch = month < 3;
  const years = isBeforeMarch ? year - 1 : year;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  const months = isBeforeMarch ? month + 9 : month - 3;
  return years * 365 + leapDays + Math.floor((153 * months + 2) / 5) - 719_469;
}

/** A DATETIME or TIMESTAMP as the binary protocol has it. As a string it is what the text protocol has. */
export class ServerInstant {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly secondOfDay: number;
  readonly microsecond: number;
  /** How many digits of the fraction the column has. */
  readonly scale: number;

  constructor(
    year: number,
    month: number,
    day: number,
    secondOfDay: number,
    microsecond: number,
    scale: number,
  ) {
    this.year = year;
    this.month = month;
    this.day = day;
    this.secondOfDay = secondOfDay;
    this.microsecond = microsecond;
    this.scale = scale;
  }

  /** Its microseconds cut. */
  toDate(): Date {
    const days = daysSince1970(this.year, this.month, this.day);
    const ms = this.secondOfDay * 1000 + Math.floor(this.microsecond / 1000);
    return new Date(days * MS_OF_DAY + ms);
  }

  toString(): string {
    const { microsecond, scale, secondOfDay } = this;
    const minutes = Math.floor(secondOfDay / 60);
    const time = [Math.floor(minutes / 60), minutes % 60, secondOfDay % 60];
    const fraction = scale > 0 ? `.${padded(microsecond, 6).slice(0, scale)}` : "";
    const date = dateText(this.year, this.month, this.day);
    return `${date} ${time.map((part) => padded(part, 2)).join(":")}${fraction}`;
  }
}

export function dateText(year: number, month: number, day: number): string {
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/** `YYYY-MM-DD HH:MM:SS[.ffffff]` as a Date, its microseconds cut. */
export function readDate(cell: unknown): Date {
  if (cell instanceof ServerInstant) return cell.toDate();
  if (cell instanceof Date) return cell;
  const text = String(cell);
  const year = digits(text, 0) * 100 + digits(text, 2);
  const ms = daysSince1970(year, digits(text, 5), digits(text, 8)) * MS_OF_DAY;
  if (text.length <= 10) return new Date(ms);
  const seconds = (digits(text, 11) * 60 + digits(text, 14)) * 60 + digits(text, 17);
  const thousandths = digit(text, 20) * 100 + digit(text, 21) * 10 + digit(text, 22);
  return new Date(ms + seconds * 1000 + thousandths);
}
