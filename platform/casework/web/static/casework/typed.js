/**
 * What is typed on a form page, as answers: the twin of platform/casework/pageforms/fields.py and
 * dates.py, as far as rules need it. What cannot be read is null; the server says why. No DOM here.
 *
 * `sent` is a Map from the name of an input to the values under it, as a form would send them.
 */

const MONTHS = [
  "january", "february", "march", "april", "may", "june",
  "july", "august", "september", "october", "november", "december",
];
const WORDS = { noon: "12:00", midday: "12:00", midnight: "00:00" };
const ADDRESS = ["line1", "line2", "town", "county", "postcode"];
const ORGANISATION = ["name", "phone", "email", "address"];
const two = (number) => String(number).padStart(2, "0");

/** The answers of one scope by key, rows included, from a page's tree of nodes. */
export function answersOf(nodes, sent, prefix = "") {
  const answers = {};
  for (const node of nodes) {
    if (node.kind === "section") Object.assign(answers, answersOf(node.items, sent, prefix));
    else if (node.kind === "repeat") {
      const name = prefix + node.key;
      const rows = (sent.get(`${name}._rows`) ?? []).map((id) => ({
        _id: id,
        ...answersOf(node.items, sent, `${name}.${id}.`),
      }));
      if (rows.length) answers[node.key] = rows;
    } else if (node.kind === "question" && node.type !== "calculated" && node.readonly !== true) {
      const answer = (READ[node.type] ?? line)(sent, prefix + node.key, node);
      if (answer !== null) answers[node.key] = answer;
    }
  }
  return answers;
}

const first = (sent, name) => (sent.get(name)?.[0] ?? "").trim();
const line = (sent, name) => first(sent, name).replaceAll("\r\n", "\n") || null;

function plainNumber(text) {
  let compact = text.replace(/\s/g, "").replace("−", "-");
  if (/^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$/.test(compact)) compact = compact.replaceAll(",", "");
  if (compact.length > 40 || !/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$/.test(compact)) return null;
  const sign = compact.startsWith("-") ? "-" : "";
  const [whole, fraction = ""] = compact.replace(/^[+-]/, "").split(".");
  const digits = whole.replace(/^0+(?=[0-9])/, "") || "0";
  const kept = fraction.replace(/0+$/, "");
  const text2 = kept ? `${digits}.${kept}` : digits;
  return text2 === "0" ? "0" : sign + text2;
}

function integer(sent, name) {
  const text = first(sent, name);
  const number = text ? plainNumber(text) : null;
  if (number === null || number.includes(".")) return null;
  return Number.isSafeInteger(Number(number)) ? Number(number) : null;
}

function decimal(sent, name, node) {
  const number = first(sent, name) ? plainNumber(first(sent, name)) : null;
  const places = node?.places ?? 10;
  return number !== null && (number.split(".")[1] ?? "").length <= places ? number : null;
}

function money(sent, name) {
  const text = first(sent, name).replace(/^(-?)\s*£/, "$1");
  const number = text ? plainNumber(text) : null;
  if (number === null || (number.split(".")[1] ?? "").length > 2) return null;
  const [whole, fraction = ""] = number.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}

function spread(sent, name) {
  const typed = ["day", "month", "year"].map((part) => first(sent, `${name}.${part}`).toLowerCase());
  if (!typed[1] && !typed[2]) {
    let match = /^(\d{1,2})(?:st|nd|rd|th)?[\s./-]+(?:of\s+)?([a-z]+|\d{1,2})[\s./,-]+(\d{4})$/.exec(typed[0]);
    if (match) return match.slice(1);
    match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed[0]);
    if (match) return [match[3], match[2], match[1]];
  }
  return typed;
}

function monthOf(typed) {
  if (/^[0-9]+$/.test(typed)) return Number(typed) >= 1 && Number(typed) <= 12 ? Number(typed) : null;
  if (typed.length < 3) return null;
  const found = MONTHS.findIndex((name) => name.startsWith(typed));
  if (found >= 0) return found + 1;
  return typed === "sept" ? 9 : null;
}

function real(year, month, day) {
  const date = new Date(Date.UTC(year, month - 1, day));
  const holds = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return holds ? `${year}-${two(month)}-${two(day)}` : null;
}

function date(sent, name) {
  const [day, month, year] = spread(sent, name);
  const numbers = [/^(\d{1,2})(?:st|nd|rd|th)?$/.exec(day)?.[1], monthOf(month), /^\d{4}$/.exec(year)?.[0]];
  if (numbers.some((part) => !part)) return null;
  return real(Number(numbers[2]), numbers[1], Number(numbers[0]));
}

function partialDate(sent, name) {
  const [day, month, year] = spread(sent, name);
  if (!/^\d{4}$/.test(year) || (day && !month)) return null;
  if (day) return date(sent, name);
  if (!month) return year;
  return monthOf(month) ? `${year}-${two(monthOf(month))}` : null;
}

function timeOf(typed) {
  const text = typed.toLowerCase();
  if (WORDS[text]) return WORDS[text];
  const match = /^(\d{1,2})(?:[:.h ]?(\d{2}))?(?:\s?:?\s?([ap])\.?\s?m\.?)?$/.exec(text);
  if (!match) return null;
  let hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  if (match[2] === undefined && match[3] === undefined) return null;
  if (match[3] && (hour < 1 || hour > 12)) return null;
  if (match[3]) hour = (hour % 12) + (match[3] === "p" ? 12 : 0);
  return hour > 23 || minute > 59 ? null : `${two(hour)}:${two(minute)}`;
}

function datetime(sent, name) {
  const day = date(sent, name);
  const time = timeOf(first(sent, `${name}.time`));
  return day && time ? londonInstant(day, time) : null;
}

/** The instant of a London day and time; the first of the two in the hour that comes twice. */
function londonInstant(day, time) {
  const utc = Date.parse(`${day}T${time}:00Z`);
  for (const offset of [60, 0]) {
    if (wall(utc - offset * 60_000) === `${day} ${time}`) {
      return `${day}T${time}:00+${two(offset / 60)}:00`;
    }
  }
  return null;
}

const LONDON = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London", hourCycle: "h23",
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
});

function wall(instant) {
  const parts = Object.fromEntries(LONDON.formatToParts(instant).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`;
}

function postcodeOf(text) {
  const compact = text.toUpperCase().replace(/[^A-Z0-9]/g, "");
  if (compact.length < 5 || compact.length > 7) return text.toUpperCase();
  return `${compact.slice(0, -3)} ${compact.slice(-3)}`;
}

function address(sent, name) {
  const found = {};
  for (const part of ADDRESS) {
    const text = first(sent, `${name}.${part}`);
    if (text) found[part] = part === "postcode" ? postcodeOf(text) : text;
  }
  if (!Object.keys(found).length) return null;
  if (first(sent, `${name}.protected`)) found.protected = true;
  return found;
}

function organisation(sent, name) {
  const parts = ORGANISATION.map((part) => [part, first(sent, `${name}.${part}`)]).filter(([, text]) => text);
  return parts[0]?.[0] === "name" ? Object.fromEntries(parts) : null;
}

function signature(sent, name) {
  const signs = first(sent, `${name}.name`);
  const drawing = first(sent, `${name}.clear`) ? "" : first(sent, `${name}.drawing`);
  if (!signs || !(drawing || first(sent, `${name}.agree`))) return null;
  return drawing ? { name: signs, drawing } : { name: signs };
}

function people(sent, name) {
  const names = (sent.get(name) ?? []).map((one) => one.trim()).filter(Boolean);
  return names.length ? names.map((one) => ({ id: null, name: one })) : null;
}

function file(sent, name) {
  const removed = sent.get(`${name}.remove`) ?? [];
  const kept = (sent.get(`${name}.present`) ?? []).filter((id) => !removed.includes(id));
  const added = (sent.get(name) ?? []).filter(Boolean);
  const files = [...kept, ...added].map((id) => ({ id }));
  return files.length ? files : null;
}

const READ = {
  integer, decimal, money, date, partial_date: partialDate, datetime, address,
  organisation, signature, people, file,
  time: (sent, name) => (first(sent, name) ? timeOf(first(sent, name)) : null),
  yes_no: (sent, name) => ({ yes: true, no: false })[first(sent, name)] ?? null,
  choices: (sent, name) => {
    const codes = [...new Set((sent.get(name) ?? []).filter(Boolean))];
    return codes.length ? codes : null;
  },
  person: (sent, name) => (first(sent, name) ? { id: null, name: first(sent, name) } : null),
  worker: (sent, name) => (first(sent, name) ? { id: first(sent, name), name: "" } : null),
  postcode: (sent, name) => (first(sent, name) ? postcodeOf(first(sent, name)) : null),
  nhs_number: (sent, name) => {
    const compact = first(sent, name).replace(/[\s-]/g, "");
    return compact ? (/^[0-9]+$/.test(compact) ? compact : first(sent, name)) : null;
  },
  upn: (sent, name) => first(sent, name).replace(/\s/g, "").toUpperCase() || null,
};
