import type { IconName } from './icons.ts';

/** One line of a menu. */
export interface MenuAction {
  readonly key: string;
  readonly icon: IconName;
  readonly label: string;
  readonly danger?: boolean;
  readonly checked?: boolean;
  /** A line is drawn above it. */
  readonly separated?: boolean;
  readonly run: () => void;
}
