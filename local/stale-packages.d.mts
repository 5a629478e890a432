export function stalePackage(checkout: string): string | undefined;
