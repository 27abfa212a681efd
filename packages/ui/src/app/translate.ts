/** What the pure parts need of vue-i18n: a key, its names, and a number that picks the plural. */
export type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string;
