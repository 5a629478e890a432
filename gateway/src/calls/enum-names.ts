/** The API's name of a value that services call `picked_up`: `PICKED_UP`. */
export const toEnum = (name: string): string => name.toUpperCase();

/** The services' name of an enum value of the API. */
export const fromEnum = <Name extends string>(value: Name): Lowercase<Name> => value.toLowerCase() as Lowercase<Name>;
