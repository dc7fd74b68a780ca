/** What the columns of a contact are called by those who export them: spreadsheets, CRMs, inboxes, in some languages. */

/** The fields of a contact that a column can be. `name` is first and last name in one; `-` leaves the column out. */
export type FieldName =
  | "firstName"
  | "lastName"
  | "name"
  | "phone"
  | "email"
  | "externalId"
  | "tags"
  | "channel"
  | "source"
  | "language";

/** By field, its names as {@link simplifyName} leaves them: of several columns the one whose name comes first counts. */
export const columnNames: Readonly<Record<FieldName, readonly string[]>> = {
  firstName: [
    ...[
      "firstname",
      "givenname",
      "fname",
      "forename",
      "vorname",
      "prenom",
      "primeironome",
      "nombre",
      "nombres",
      "nome",
    ],
    ...["voornaam", "ad", "الاسمالأول"],
  ],
  lastName: [
    ...["lastname", "familyname", "surname", "lname", "nachname", "nomdefamille", "apellido", "apellidos", "sobrenome"],
    ...["cognome", "achternaam", "soyad", "اسمالعائلة", "nom"],
  ],
  name: ["fullname", "name", "displayname", "contactname", "customername", "nomcomplet", "nombrecompleto", "الاسم"],
  phone: [
    ...["whatsappnumber", "whatsappphone", "whatsapp", "mobilephonenumber", "mobilephone", "mobilenumber", "mobile"],
    ...["cellphone", "cell", "mobiltelefon", "handy", "mobil", "movil", "celular", "telephonemobile", "portable"],
    ...["phone1value", "phonenumber", "primaryphone", "phone", "phoneno", "telephone", "tel", "contactphone"],
    ...["telefonnummer", "rufnummer", "telefon", "telefono", "numerodetelephone", "telefone", "telefoonnummer"],
    ...["الجوال", "رقمالجوال", "رقمالهاتف", "الهاتف", "phone2value"],
  ],
  email: [
    ...["email", "emailaddress", "primaryemail", "email1value", "mail", "contactemail", "emailadresse", "emailid"],
    ...["correoelectronico", "correo", "adresseemail", "courriel", "eposta", "البريدالإلكتروني", "email2value"],
  ],
  externalId: [
    ...["externalid", "propertiesexternalid", "crmid", "customerid", "recordid", "contactid", "userid", "kundennummer"],
    ...["id", "contactrecordid"],
  ],
  tags: ["tags", "tag", "labels", "label", "groupmembership", "schlagworte", "etiquetas", "etiquettes"],
  channel: ["channel"],
  source: ["source", "propertiessource", "leadsource", "originalsource", "quelle"],
  language: ["language", "propertieslanguage", "preferredlanguage", "locale", "sprache", "langue", "idioma"],
};

/** Letters and digits alone, small, without accents. */
export function simplifyName(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
