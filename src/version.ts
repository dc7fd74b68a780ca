/** The package's version, as every face reports it. A test holds it to package.json, which no bundle has to carry then. */
export const version = "0.1.0";
