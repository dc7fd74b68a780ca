/** What is used of libphonenumber-js. An import of the whole package at run time would bring all of it into the bundle. */
export { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
