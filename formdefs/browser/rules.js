/**
 * Evaluate a rule: JsonLogic in a closed, typed profile, told in docs/reference/rules.md.
 *
 * The twin of formdefs/rules.py, rules_shape.py, rules_operators.py, values.py and dates.py: whoever
 * changes one changes both, and the shared cases. No dependency, no clock, no eval; the module runs
 * in a browser and in Node as it stands. Whatever fails while a rule runs is null.
 */

export const NO_FACTS = Object.freeze({});

const MOST_NODES = 200;
const MOST_DEPTH = 16;
const MOST_STEPS = 200_000;
const MOST_CHARACTERS = 100_000;
const MOST_WORKING_DAYS = 10_000;

/** The rule is refused: `code`, `at` (a JSON Pointer into the rule) and a sentence. */
export class RuleError extends Error {
  constructor(code, at, message) {
    super(message);
    this.name = "RuleError";
    this.code = code;
    this.at = at;
  }
}

/**
 * Work a rule out over typed answers; a failed value is null.
 *
 * `answers` are at form level, `scope` the enclosing rows from the outermost in. Numbers come back
 * as plain numbers where whole and within ±(2^53−1), else as Decimal. The rule must not be changed
 * in place afterwards: it is remembered. Throws RuleError if the rule is refused.
 */
export function evaluate(rule, answers, scope = [], facts = NO_FACTS) {
  return compiled(rule)([answers, ...scope], facts);
}

/**
 * A rule made ready to be worked out many times: a function of `scopes` (the form's answers, then
 * the rows from the outermost in) and `facts`. Throws RuleError if the rule is refused.
 */
export function compiled(rule) {
  if (rule === null || typeof rule !== "object") return running(compile(rule, "", 1, { nodes: 0 }));
  let ready = remembered.get(rule);
  if (!ready) remembered.set(rule, (ready = running(compile(rule, "", 1, { nodes: 0 }))));
  return ready;
}

const remembered = new WeakMap();

/** Items that a rule goes through stand on top of `scopes` meanwhile, and are taken off again. */
function running(step) {
  return (scopes, facts = NO_FACTS) => {
    const depth = scopes.length;
    try {
      return step({ scopes, facts, left: MOST_STEPS });
    } finally {
      scopes.length = depth;
    }
  };
}

// Numbers: whole ones within ±(2^53−1) are plain numbers, all others Decimals.

const DIGITS = 34;
const LARGEST_EXPONENT = 99; // of the leading digit, up and down

/** digits × 10^exponent, in lowest terms. */
export class Decimal {
  constructor(digits, exponent) {
    this.digits = digits;
    this.exponent = exponent;
    Object.freeze(this);
  }

  /** Plain digits, without superfluous zeros. */
  toString() {
    const sign = this.digits < 0n ? "-" : "";
    const digits = magnitude(this.digits).toString();
    if (this.exponent >= 0) return sign + digits + "0".repeat(this.exponent);
    const padded = digits.padStart(1 - this.exponent, "0");
    return `${sign}${padded.slice(0, this.exponent)}.${padded.slice(this.exponent)}`;
  }

  toJSON() {
    return this.toString();
  }
}

const magnitude = (digits) => (digits < 0n ? -digits : digits);
const power = (exponent) => 10n ** BigInt(exponent);

/** Round to 34 digits, half to even, in lowest terms; a plain number where it can be. */
function tidy(digits, exponent) {
  if (digits === 0n) return 0;
  const sign = digits < 0n ? -1n : 1n;
  let kept = magnitude(digits);
  const surplus = kept.toString().length - DIGITS;
  if (surplus > 0) {
    const unit = power(surplus);
    const rest = kept % unit;
    kept /= unit;
    exponent += surplus;
    const twice = rest * 2n;
    if (twice > unit || (twice === unit && kept % 2n === 1n)) kept += 1n;
  }
  const zeros = /0*$/.exec(kept.toString())[0].length;
  kept /= power(zeros);
  exponent += zeros;
  const leading = exponent + kept.toString().length - 1;
  if (leading > LARGEST_EXPONENT || leading < -LARGEST_EXPONENT) return null;
  if (exponent >= 0 && leading < 16) {
    const whole = Number(sign * kept * power(exponent));
    if (Number.isSafeInteger(whole)) return whole;
  }
  return new Decimal(sign * kept, exponent);
}

/** The decimal that a text of digits writes, with or without fraction and exponent. */
function decimal(text) {
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:e([+-]?[0-9]+))?$/.exec(text);
  return tidy(BigInt(`${sign}${whole}${fraction}`), Number(exponent) - fraction.length);
}

/** The number that an answer is, null if it is none. */
function number(value) {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return value + 0; // −0 becomes 0
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? decimal(String(value)) : null;
  }
  return value instanceof Decimal ? value : null;
}

const wide = (value) =>
  value instanceof Decimal ? value : { digits: BigInt(value), exponent: 0 };

/** Both numbers' digits at the exponent they then share. */
function aligned(left, right) {
  const exponent = Math.min(left.exponent, right.exponent);
  const scaled = (one) => one.digits * power(one.exponent - exponent);
  return [scaled(left), scaled(right), exponent];
}

function added(left, right) {
  const [one, other, exponent] = aligned(wide(left), wide(right));
  return tidy(one + other, exponent);
}

function multiplied(left, right) {
  const [one, other] = [wide(left), wide(right)];
  return tidy(one.digits * other.digits, one.exponent + other.exponent);
}

const negated = (value) =>
  value instanceof Decimal ? new Decimal(-value.digits, value.exponent) : 0 - value;

function divided(left, right) {
  const [one, other] = [wide(left), wide(right)];
  if (other.digits === 0n) return null;
  const over = magnitude(one.digits);
  const under = magnitude(other.digits);
  const shift = Math.max(0, DIGITS + 3 + under.toString().length - over.toString().length);
  let quotient = (over * power(shift)) / under;
  // What is left over only has to tip a tie: a digit that is not 0 or 5 stands for it.
  if ((over * power(shift)) % under !== 0n && quotient % 5n === 0n) quotient += 1n;
  const sign = one.digits < 0n === other.digits < 0n ? 1n : -1n;
  return tidy(sign * quotient, one.exponent - other.exponent - shift);
}

function remainder(left, right) {
  const [one, other, exponent] = aligned(wide(left), wide(right));
  if (other === 0n || magnitude(one / other) >= power(DIGITS)) return null;
  return tidy(one % other, exponent);
}

/** A number in plain digits, without superfluous zeros. */
export const numberText = String;

// Values: truth, sameness, order, size.

const isList = Array.isArray;
const isObject = (value) =>
  value !== null && typeof value === "object" && !isList(value) && !(value instanceof Decimal);

/** An answer as a value: fractions become Decimals, what cannot be a value becomes null. */
function read(value) {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Number.isSafeInteger(value)) return value + 0; // −0 becomes 0
  if (isList(value) || isObject(value)) return value;
  return number(value);
}

function truthy(value) {
  if (isList(value)) return value.length > 0;
  return value !== null && value !== false && value !== 0 && value !== "";
}

function spend(run, steps) {
  run.left -= steps;
  if (run.left < 0) {
    throw new RuleError("too_much_work", "", "The rule goes through too much. Simplify it.");
  }
}

/** Compare type and value; date-times by instant. Each pair of parts costs a step. */
function same(left, right, run) {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return sameScalar(left, right);
  }
  const pairs = [[left, right]];
  while (pairs.length) {
    const [one, other] = pairs.pop();
    if (isList(one) && isList(other)) {
      if (one.length !== other.length) return false;
      spend(run, one.length);
      for (let place = one.length - 1; place >= 0; place--) pairs.push([one[place], other[place]]);
    } else if (isObject(one) && isObject(other)) {
      const keys = Object.keys(one).sort((a, b) => compareTexts(b, a));
      if (keys.length !== Object.keys(other).length) return false;
      if (!keys.every((key) => Object.hasOwn(other, key))) return false;
      spend(run, keys.length);
      for (const key of keys) pairs.push([one[key], other[key]]);
    } else if (!sameScalar(one, other)) {
      return false;
    }
  }
  return true;
}

function sameScalar(one, other) {
  if (typeof one === "string" && typeof other === "string") {
    // Only two date-times may be the same moment in different words.
    return one === other || (one.length > 19 && other.length > 19 && order(one, other) === 0);
  }
  if (one === null || typeof one === "boolean") return one === other;
  if (Number.isSafeInteger(one) && Number.isSafeInteger(other)) return one === other;
  const [first, second] = [number(one), number(other)];
  return first !== null && second !== null && order(first, second) === 0;
}

/** −1, 0 or 1 between two numbers or two texts; null where there is no order. */
function order(left, right) {
  if (typeof left === "string" && typeof right === "string") {
    const [first, second] = [instant(left), instant(right)];
    return first !== null && second !== null
      ? Math.sign(first - second)
      : compareTexts(left, right);
  }
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return Math.sign(left - right);
  const [first, second] = [number(left), number(right)];
  if (first === null || second === null) return null;
  if (typeof first === "number" && typeof second === "number") return Math.sign(first - second);
  const [one, other] = aligned(wide(first), wide(second));
  return one < other ? -1 : Number(one > other);
}

/** Order by code point: UTF-16 units put the letters beyond U+FFFF before U+E000. */
function compareTexts(left, right) {
  if (left === right) return 0;
  const shorter = Math.min(left.length, right.length);
  let place = 0;
  while (place < shorter && left.charCodeAt(place) === right.charCodeAt(place)) place += 1;
  if (place === shorter) return Math.sign(left.length - right.length);
  const one = left.charCodeAt(place);
  const other = right.charCodeAt(place);
  if (surrogate(one) !== surrogate(other)) return surrogate(one) ? 1 : -1;
  return one < other ? -1 : 1;
}

const surrogate = (unit) => unit >= 0xd800 && unit <= 0xdfff;

function size(value) {
  if (!isList(value) && !isObject(value)) return 1;
  let counted = 0;
  const waiting = [value];
  while (waiting.length) {
    const one = waiting.pop();
    counted += 1;
    if (isList(one)) for (const part of one) waiting.push(part);
    else if (isObject(one)) for (const part of Object.values(one)) waiting.push(part);
  }
  return counted;
}

/**
 * Convert a stored answer to the value that rules see, by the kind of the question.
 *
 * Kinds are those of formdefs.rules.Names. What is not of its kind is null.
 */
export function typed(kind, answer) {
  if (answer === "" || answer === undefined) return null;
  if (kind === "number") {
    if (typeof answer !== "string") return number(answer);
    return /^-?[0-9]{1,40}(\.[0-9]{1,40})?$/.test(answer) ? decimal(answer) : null;
  }
  const check = { __proto__: null, date: dayOf, datetime: instant, time: timeOf }[kind];
  if (!check) return answer;
  return typeof answer === "string" && check(answer) !== null ? answer : null;
}

// Dates. A day is a number: 1 is 0001-01-01, a Monday, as in Python.

const UNITS = ["days", "weeks", "months", "years"];
const LAST_DAY = 3_652_059; // 9999-12-31
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const DATETIME =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$/;

const timeOf = (text) => (TIME.test(text) ? text : null);

const leap = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysBefore = (year) => {
  const past = year - 1;
  return past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
};
const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const monthLength = (year, month) => (month === 2 && leap(year) ? 29 : MONTHS[month - 1]);

/** A date of the calendar as {year, month, day, number}; null for any other text. */
function dayOf(text) {
  const match = DATE.exec(text);
  if (!match) return null;
  const [year, month, day] = match.slice(1).map(Number);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return null;
  let number = daysBefore(year) + day;
  for (let past = 1; past < month; past++) number += monthLength(year, past);
  return { year, month, day, number };
}

/** The text of a day's number; null outside the years 1 to 9999. */
function dateText(number) {
  if (number < 1 || number > LAST_DAY) return null;
  let year = Math.floor((number - 1) / 365.2425) + 1;
  if (daysBefore(year) >= number) year -= 1;
  if (daysBefore(year + 1) < number) year += 1;
  let day = number - daysBefore(year);
  let month = 1;
  while (day > monthLength(year, month)) {
    day -= monthLength(year, month);
    month += 1;
  }
  const two = (part) => String(part).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** Seconds since the day before 0001-01-01 UTC; null if the text is no RFC 3339 date-time. */
function instant(text) {
  if (text.length < 20 || text[10] !== "T") return null;
  const match = DATETIME.exec(text);
  const day = match && dayOf(match[1]);
  if (!day) return null;
  const [hours, minutes, seconds] = match.slice(2, 5).map(Number);
  const offset = match[5] ? Number(match[6]) * 3600 + Number(match[7]) * 60 : 0;
  const local = day.number * 86400 + hours * 3600 + minutes * 60 + seconds;
  return match[5] === "+" ? local - offset : local + offset;
}

/** The date, or the date as written in a date-time; null for anything else. */
function asDay(value) {
  if (typeof value !== "string") return null;
  if (value.length === 10) return dayOf(value);
  return instant(value) !== null ? dayOf(value.slice(0, 10)) : null;
}

/** Whole units between two days, negative if the end is earlier. */
function between(start, end, unit) {
  if (end.number < start.number) return negated(between(end, start, unit));
  const days = end.number - start.number;
  if (unit === "days") return days;
  if (unit === "weeks") return Math.floor(days / 7);
  const months =
    (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day ? 1 : 0);
  return unit === "years" ? Math.floor(months / 12) : months;
}

const calendars = new WeakMap();

/** A calendar of the facts as {week: seven flags from Monday, worked: how many, daysOff}. */
function calendarOf(facts, name) {
  const all = facts.calendars;
  if (!isObject(all) || typeof name !== "string" || !Object.hasOwn(all, name)) return null;
  const raw = all[name];
  if (!isObject(raw) || !isList(raw.week) || !isList(raw.holidays)) return null;
  let calendar = calendars.get(raw);
  if (!calendar) {
    const week = [1, 2, 3, 4, 5, 6, 7].map((weekday) => raw.week.includes(weekday));
    const days = raw.holidays.map(asDay).filter((day) => day !== null);
    const daysOff = [...new Set(days.map((day) => day.number))].filter(
      (day) => week[(day - 1) % 7],
    );
    calendar = { week, worked: week.filter(Boolean).length, daysOff };
    calendars.set(raw, calendar);
  }
  return calendar.worked ? calendar : null;
}

const isWorked = (calendar, day) => calendar.week[(((day - 1) % 7) + 7) % 7];

/** The days off after the one day up to and including the other. */
const daysOff = (calendar, after, until) =>
  calendar.daysOff.filter((day) => after < day && day <= until).length;

/** The working days after the start up to and including the end; negative if that is earlier. */
function workingDays(start, end, calendar) {
  if (end < start) return negated(workingDays(end, start, calendar));
  const weeks = Math.floor((end - start) / 7);
  let worked = weeks * calendar.worked;
  for (let day = start + weeks * 7 + 1; day <= end; day++) worked += isWorked(calendar, day) ? 1 : 0;
  return worked - daysOff(calendar, start, end);
}

/** The count-th working day after the start (before it, if negative), as a day's number. */
function addWorkingDays(start, count, calendar) {
  const step = count > 0 ? 1 : -1;
  let day = start;
  let left = Math.abs(count);
  while (left) {
    // Each round makes up for the days off that the last one passed.
    const reached = addWeekdays(day, left, step, calendar);
    left = step > 0 ? daysOff(calendar, day, reached) : daysOff(calendar, reached - 1, day - 1);
    day = reached;
  }
  return day;
}

function addWeekdays(start, count, step, calendar) {
  // The last week goes day by day, so as to end on a working day.
  const weeks = Math.floor((count - 1) / calendar.worked);
  let left = count - weeks * calendar.worked;
  let day = start + weeks * 7 * step;
  while (left) {
    day += step;
    if (isWorked(calendar, day)) left -= 1;
  }
  return day;
}

// The shape of a rule: what an operator takes, and what is wrong with a node.

const any = (least = 0) => ({ least, most: Infinity });
const chain = { least: 2, most: Infinity, listed: true };
const list = (least, most) => ({ least, most, listed: true });

const OPERATORS = {
  __proto__: null,
  var: { least: 0, most: 2 },
  missing: any(),
  missing_some: list(2, 2),
  today: { least: 0, most: 0 },
  if: list(0, Infinity),
  and: list(0, Infinity),
  or: list(0, Infinity),
  "!": { least: 0, most: 1 },
  "!!": { least: 0, most: 1 },
  "==": chain,
  "!=": chain,
  "<": chain,
  "<=": chain,
  ">": chain,
  ">=": chain,
  in: list(2, 2),
  "+": any(),
  "*": any(),
  "-": any(1),
  "/": any(1),
  "%": chain,
  min: any(1),
  max: any(1),
  some: list(2, 2),
  all: list(2, 2),
  none: list(2, 2),
  map: list(2, 2),
  filter: list(2, 2),
  reduce: list(2, 3),
  count: { least: 1, most: 2 },
  sum: { least: 1, most: 2 },
  cat: any(),
  date: { least: 1, most: 1 },
  age: { least: 1, most: 2 },
  datediff: list(3, 3),
  working_days: list(3, 3),
  add_working_days: list(3, 3),
};

/** The operator and its arguments, null if the rule is no operation. */
function operation(rule) {
  if (!isObject(rule)) return null;
  const names = Object.keys(rule);
  if (names.length !== 1) return null;
  const value = rule[names[0]];
  return { name: names[0], listed: isList(value), parts: isList(value) ? value : [value] };
}

const isOperation = (rule) => operation(rule) !== null;

/** What is wrong with this one node, its children aside: [code, sentence], or null. */
function fault(rule, found) {
  if (!found) return faultOfLiteral(rule);
  const { name, listed, parts } = found;
  const operator = OPERATORS[name];
  if (!operator) return ["unknown_operator", `“${name}” is not an operator. Take one of the list.`];
  if (operator.listed && !listed) return ["arguments", `“${name}” takes its arguments in a list.`];
  if (parts.length < operator.least || parts.length > operator.most) {
    return ["arguments", `“${name}” has the wrong number of arguments: ${parts.length}.`];
  }
  return faultOfReference(name, parts);
}

function faultOfLiteral(rule) {
  if (typeof rule === "number" && !(Math.abs(rule) <= Number.MAX_SAFE_INTEGER)) {
    return ["malformed", "The number is too large to be exact. Use a smaller one."];
  }
  if (isObject(rule) && Object.keys(rule).length > 0) {
    return ["malformed", "An operation has one operator; this has several. Keep one."];
  }
  if (rule === null || ["string", "boolean", "number", "object"].includes(typeof rule)) return null;
  return ["malformed", "A rule is JSON: text, number, true, false, null, list, object."];
}

function faultOfReference(name, parts) {
  let paths = [];
  if (name === "var") paths = parts.slice(0, 1);
  if (name === "missing") paths = missingPaths(parts);
  if (name === "missing_some") paths = parts[1];
  if (!isList(paths) || !paths.every(isPath)) {
    return ["computed_reference", `“${name}” reads what is written out. Name the question itself.`];
  }
  if (name === "missing_some" && !isIndex(parts[0])) {
    return ["malformed", "“missing_some” begins with a whole number written out."];
  }
  if (name === "datediff" && !UNITS.includes(parts[2])) {
    return ["malformed", `The unit of “datediff” is one of ${UNITS.join(", ")}, written out.`];
  }
  return null;
}

const isIndex = (value) => Number.isSafeInteger(value) && value >= 0;
const isPath = (path) => path === null || typeof path === "string" || isIndex(path);
const missingPaths = (parts) => (parts.length === 1 && isList(parts[0]) ? parts[0] : parts);

/** The parts that are worked out, each with its pointer inside the rule. */
function children(rule, found) {
  if (isList(rule)) return rule.map((part, place) => [`/${place}`, part]);
  if (!found || found.name === "missing" || found.name === "missing_some") return [];
  const step = `/${found.name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  const placed = found.parts.map((part, place) => [found.listed ? `${step}/${place}` : step, part]);
  if (found.name === "var") return placed.slice(1);
  return found.name === "datediff" ? placed.slice(0, 2) : placed;
}

// Compiling: from a rule to a function of a run.

function compile(rule, at, depth, count) {
  const found = operation(rule);
  count.nodes += 1;
  let wrong =
    depth > MOST_DEPTH
      ? ["too_deep", `The rule is nested more than ${MOST_DEPTH} deep. Flatten it.`]
      : fault(rule, found);
  if (!wrong && found?.name === "missing") count.nodes += missingPaths(found.parts).length;
  if (!wrong && found?.name === "missing_some") count.nodes += found.parts[1].length;
  if (!wrong && count.nodes > MOST_NODES) {
    wrong = ["too_many_nodes", `The rule has more than ${MOST_NODES} parts. Split it.`];
  }
  if (wrong) throw new RuleError(wrong[0], at, wrong[1]);
  const parts = children(rule, found).map(([where, part]) =>
    compile(part, at + where, depth + 1, count),
  );
  if (isList(rule)) return (run) => built(parts.map((part) => part(run)), run);
  if (!found) {
    const literal = read(rule);
    return () => literal;
  }
  const written = WRITTEN[found.name]?.(found.parts, parts);
  if (written) return written;
  const pair = parts.length === 2 && PAIRS[found.name];
  if (pair) return paired(pair, parts, found.parts[1]);
  const choosing = CHOOSING[found.name];
  if (choosing) {
    return (run) => {
      spend(run, 1);
      return choosing(parts, run);
    };
  }
  return plain(PLAIN[found.name], parts);
}

/** An operator of two values, without lists of them on the way: most comparisons and sums. */
function paired(operator, [first, second], written) {
  if (!isOperation(written) && !isList(written)) {
    const right = second(null); // what is written out needs no run
    return (run) => {
      spend(run, 1);
      return operator(first(run), right, run);
    };
  }
  return (run) => {
    spend(run, 1);
    const left = first(run);
    return operator(left, second(run), run);
  };
}

function plain(operator, parts) {
  return (run) => {
    spend(run, 1);
    const values = new Array(parts.length);
    for (let place = 0; place < values.length; place++) values[place] = parts[place](run);
    return operator(values, run);
  };
}

/** Charge for what a rule builds, so that lists of lists cannot outgrow the budget. */
function built(value, run) {
  spend(run, size(value));
  return value;
}

// Reading.

function pathOf(path) {
  const [head, ...tail] = String(path ?? "").split(".");
  return { head, tail };
}

const ZERO = new Decimal(0n, 0); // has what any Decimal and any object has

/** How to look up the whole of a path: most are one name, which no list and no prototype has. */
function reader(path) {
  const { head, tail } = path;
  if (!head || tail.length || /^[0-9]/.test(head) || head in ZERO || head in []) return (run) => lookUp(path, run);
  return (run) => {
    const { scopes } = run;
    for (let place = scopes.length - 1; place >= 0; place--) {
      const scope = scopes[place];
      if (typeof scope !== "object" || scope === null) continue;
      const value = scope[head];
      if (value !== undefined) return read(value);
    }
    return null;
  };
}

function lookUp({ head, tail }, run) {
  if (!head && !tail.length) return read(run.scopes.at(-1));
  for (let place = run.scopes.length - 1; place >= 0; place--) {
    let value = part(run.scopes[place], head);
    if (value === undefined) continue;
    for (const step of tail) value = part(value, step);
    return read(value);
  }
  return null;
}

/** What an object or a list has under a step of a path; undefined if nothing. */
function part(value, step) {
  if (isObject(value)) return Object.hasOwn(value, step) ? value[step] : undefined;
  return isList(value) && /^[0-9]{1,9}$/.test(step) ? value[Number(step)] : undefined;
}

function missingOf(paths, enough) {
  const split = paths.map((path) => [path, pathOf(path)]);
  return (run) => {
    spend(run, 1 + split.length);
    const missed = split.filter(([, path]) => lookUp(path, run) === null).map(([path]) => path);
    return split.length - missed.length >= enough ? [] : missed;
  };
}

// Operators with something written out: from their arguments and compiled parts to a step.
const WRITTEN = {
  __proto__: null,
  var(args, [fallback]) {
    const look = reader(pathOf(args[0]));
    if (!fallback) {
      return (run) => {
        spend(run, 1);
        return look(run);
      };
    }
    return (run) => {
      spend(run, 1);
      return look(run) ?? fallback(run);
    };
  },
  missing: (args) => missingOf(missingPaths(args), Infinity),
  missing_some: ([enough, paths]) => missingOf(paths, enough),
  datediff: (args, parts) =>
    plain(([from, to]) => {
      const [start, end] = [asDay(from), asDay(to)];
      return start && end ? between(start, end, args[2]) : null;
    }, parts),
};

// Operators that choose which of their parts to work out, and how often.

/** Compare each with the next, as far as needed. */
const chained = (holds) => (parts, run) => {
  let left = parts[0](run);
  for (const next of parts.slice(1)) {
    const right = next(run);
    if (!holds(left, right, run)) return false;
    left = right;
  }
  return true;
};

const ordered = (...allowed) => chained((left, right) => allowed.includes(order(left, right)));

/** Call `work(item, rule)` on the items of the first part; null if that is no list. */
const overItems = (work) => (parts, run) => {
  const items = parts[0](run) ?? [];
  if (!isList(items)) return null;
  const { scopes } = run;
  const top = scopes.length;
  const rule = (item) => {
    spend(run, 1);
    scopes[top] = item;
    return parts[1](run);
  };
  const value = work(items, rule, parts, run);
  scopes.length = top;
  return value;
};

const some = (items, rule) => items.some((item) => truthy(rule(item)));

function reduce(items, rule, parts, run) {
  let total = parts.length === 3 ? parts[2](run) : null; // before any item is on top
  let rest = items;
  if (parts.length < 3) {
    if (!items.length) return null;
    total = read(items[0]);
    rest = items.slice(1);
  }
  for (const current of rest) total = built(rule({ current, accumulator: total }), run);
  return total;
}

const CHOOSING = {
  __proto__: null,
  if(parts, run) {
    for (let place = 0; place + 1 < parts.length; place += 2) {
      if (truthy(parts[place](run))) return parts[place + 1](run);
    }
    return parts.length % 2 ? parts.at(-1)(run) : null;
  },
  and(parts, run) {
    let value = false;
    for (const next of parts) if (!truthy((value = next(run)))) break;
    return value;
  },
  or(parts, run) {
    let value = false;
    for (const next of parts) if (truthy((value = next(run)))) break;
    return value;
  },
  "==": chained((left, right, run) => same(left, right, run)),
  "!=": chained((left, right, run) => !same(left, right, run)),
  "<": ordered(-1),
  "<=": ordered(-1, 0),
  ">": ordered(1),
  ">=": ordered(1, 0),
  some: overItems(some),
  all: overItems((items, rule) => items.length > 0 && items.every((item) => truthy(rule(item)))),
  none: overItems((items, rule) => !some(items, rule)),
  map: overItems((items, rule, _parts, run) => items.map((item) => built(rule(item), run))),
  filter: overItems((items, rule, _parts, run) =>
    items.filter((item) => {
      const kept = truthy(rule(item));
      if (kept) built(item, run);
      return kept;
    }),
  ),
  reduce: overItems(reduce),
  count: overItems((items, rule, parts) =>
    parts.length === 1 ? items.length : items.filter((item) => truthy(rule(item))).length,
  ),
  sum: overItems((items, rule, parts, run) => {
    const values = parts.length === 1 ? items : items.map(rule);
    spend(run, values.length);
    return sumOf(values.filter((value) => value !== null));
  }),
};

// Operators that take values.

/** Go through numbers from the left; null as soon as something is no number. */
function fold(values, quick, exact, start = null) {
  let total = start; // null: begin with the first
  for (let place = 0; place < values.length; place++) {
    const one = number(values[place]);
    if (one === null) return null;
    if (total === null) {
      total = one;
      continue;
    }
    const whole = typeof total === "number" && typeof one === "number" ? quick(total, one) : NaN;
    total = Number.isSafeInteger(whole) ? whole + 0 : exact(total, one);
    if (total === null) return null;
  }
  return total;
}

const plus = (one, other) => one + other;
const times = (one, other) => one * other;
const sumOf = (values) => fold(values, plus, added, 0);
const never = () => NaN;

/** One step of `fold` over two numbers, the most common sum. */
const ofTwo = (quick, exact) => (left, right) => {
  const [one, other] = [number(left), number(right)];
  if (one === null || other === null) return null;
  const whole = typeof one === "number" && typeof other === "number" ? quick(one, other) : NaN;
  return Number.isSafeInteger(whole) ? whole + 0 : exact(one, other);
};

const extreme = (wanted) => (values, run) => {
  const items = values.length === 1 && isList(values[0]) ? values[0] : values;
  spend(run, items.length);
  let best = null;
  for (const item of items) {
    const value = read(item);
    if (value === null) continue;
    const placed = order(value, best ?? value);
    if (placed === null) return null;
    if (best === null || placed === wanted) best = value;
  }
  return best;
};

function contains(wanted, place, run) {
  if (isList(place)) {
    spend(run, place.length);
    for (let index = 0; index < place.length; index++) if (same(wanted, place[index], run)) return true;
    return false;
  }
  if (typeof place !== "string" || typeof wanted !== "string") return false;
  spend(run, Math.floor(characters(place) / 100));
  return place.includes(wanted);
}

/** Code points, not UTF-16 units. */
function characters(text) {
  if (text.length < 100) return text.length; // exact enough: only hundreds are charged
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function joined(values, run) {
  if (values.some((value) => isList(value) || isObject(value))) return null;
  const text = values.map((value) => String(value ?? "")).join("");
  const length = characters(text);
  spend(run, Math.floor(length / 100));
  return length <= MOST_CHARACTERS ? text : null;
}

const todayOf = (run) => asDay(run.facts.today);

// What `paired` takes: the same as the operators of these names give for two parts.
const PAIRS = {
  __proto__: null,
  "==": same,
  "!=": (left, right, run) => !same(left, right, run),
  "<": (left, right) => order(left, right) === -1,
  "<=": (left, right) => (order(left, right) ?? 1) <= 0,
  ">": (left, right) => order(left, right) === 1,
  ">=": (left, right) => (order(left, right) ?? -1) >= 0,
  in: contains,
  "+": ofTwo(plus, added),
  "*": ofTwo(times, multiplied),
  "-": ofTwo((one, other) => one - other, (one, other) => added(one, negated(other))),
};

const PLAIN = {
  __proto__: null,
  "!": (values) => !(values.length && truthy(values[0])),
  "!!": (values) => values.length > 0 && truthy(values[0]),
  "+": sumOf,
  "*": (values) => fold(values, times, multiplied, 1),
  "-": (values) =>
    fold(
      values.length === 1 ? [0, ...values] : values,
      (one, other) => one - other,
      (one, other) => added(one, negated(other)),
    ),
  "/": (values) => fold(values.length === 1 ? [1, ...values] : values, never, divided),
  "%": (values) => fold(values, never, remainder),
  min: extreme(-1),
  max: extreme(1),
  cat: joined,
  date: ([value]) => dateText(asDay(value)?.number ?? 0),
  today: (_values, run) => dateText(todayOf(run)?.number ?? 0),
  age([born, on], run) {
    const [start, end] = [asDay(born), on === undefined ? todayOf(run) : asDay(on)];
    return start && end && end.number >= start.number ? between(start, end, "years") : null;
  },
  working_days([from, to, name], run) {
    const [start, end] = [asDay(from), asDay(to)];
    const calendar = calendarOf(run.facts, name);
    return start && end && calendar ? workingDays(start.number, end.number, calendar) : null;
  },
  add_working_days([from, count, name], run) {
    const start = asDay(from);
    const calendar = calendarOf(run.facts, name);
    if (!start || !calendar || !(Math.abs(count) <= MOST_WORKING_DAYS)) return null;
    if (!Number.isSafeInteger(count)) return null;
    return dateText(addWorkingDays(start.number, count, calendar));
  },
};
