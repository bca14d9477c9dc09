const names = [
  ['Ada', 'Bell'],
  ['Bruno', 'Castell'],
  ['Clara', 'Dorn'],
  ['David', 'Ek'],
  ['Edda', 'Falk'],
  ['Fritz', 'Gruber'],
  ['Greta', 'Holm'],
  ['Hugo', 'Iversen'],
  ['Ida', 'Jansen'],
  ['Jonas', 'Krantz'],
  ['Karla', 'Lind'],
  ['Leo', 'Moreau'],
] as const;

/** The users of the embedded reqres: always the same. */
export function generateUsers() {
  return names.map(([first, last], index) => ({
    id: index + 1,
    email: `${first}.${last}@reqres.in`.toLowerCase(),
    first_name: first,
    last_name: last,
    avatar: `https://reqres.in/img/faces/${index + 1}-image.jpg`,
  }));
}
