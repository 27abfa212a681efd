const DAY = 86_400_000;

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

/** Days between the calendar days of two times; 0 on the same day. Counted by noon, so that changes of the clock don't matter. */
export function daysBetween(from: number, to: number): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / DAY);
}

export function sameDay(a: number, b: number): boolean {
  return startOfDay(a) === startOfDay(b);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}

/** `09:05`: the same width in every language. */
export function clockTime(time: number, locale: string): string {
  return format(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time);
}

function relativeDay(days: number, locale: string): string {
  const text = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

/** Short form for lists: the time today, then yesterday, the weekday, the date. */
export function listTime(time: number, now: number, locale: string): string {
  const days = daysBetween(time, now);
  if (days <= 0) return clockTime(time, locale);
  if (days === 1) return relativeDay(1, locale);
  if (days < 7) return format(locale, { weekday: 'short' }).format(time);
  const thisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(
    locale,
    thisYear ? { month: 'numeric', day: 'numeric' } : { year: 'numeric', month: 'numeric', day: 'numeric' },
  ).format(time);
}

/** Heading of a day between messages. */
export function dayHeading(time: number, now: number, locale: string): string {
  const days = daysBetween(time, now);
  if (days === 0 || days === 1) return relativeDay(days, locale);
  const thisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(locale, { ...(thisYear ? {} : { year: 'numeric' }), month: 'long', day: 'numeric', weekday: 'long' }).format(time); // prettier-ignore
}

/** For titles and screen readers. */
export function fullTime(time: number, locale: string): string {
  return format(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

/** `1:05` of seconds. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
