/** What Update Contact can empty, in words. */
export const clearableFields = [
  ["firstName", "First Name"],
  ["lastName", "Last Name"],
  ["phone", "Phone"],
  ["email", "Email"],
  ["tags", "Tags"],
  ["channel", "Channel"],
  ["properties.externalId", "External Reference"],
  ["properties.source", "Source"],
  ["properties.language", "Language"],
].map(([value = "", label = ""]) => ({ value, sample: value, label }));
