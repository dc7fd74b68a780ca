export const openApiDocument = (_options: { extensions: boolean }): Record<string, unknown> => ({});
