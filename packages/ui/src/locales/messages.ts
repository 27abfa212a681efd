import en from './en.json';
import zh from './zh.json';

/** Words of the components, by language. Apps lay their own beside them. */
export const uiMessages = { en, zh };
