/** An enum as TypeScript would compile it: names to numbers, and back. */
export type VendorEnum<T extends Readonly<Record<string, number>>> = Readonly<T> & {
  readonly [value: number]: string;
};

/** The values of an enum, as a union of literals. */
export type EnumValue<E> = E[keyof E & string];

/** Makes both directions of an enum, so that plain-JS code which looks names up by number keeps working. */
export function vendorEnum<const T extends Readonly<Record<string, number>>>(members: T): VendorEnum<T> {
  const both: Record<string, number | string> = { ...members };
  for (const [name, value] of Object.entries(members)) both[value] = name;
  return both as unknown as VendorEnum<T>;
}
