export const customerColumns = [
  "company_name",
  "contact_name",
  "contact_title",
  "address",
  "city",
  "postal_code",
  "region",
  "country",
  "phone",
  "fax",
];
