// Where in a page its reader is, and how the links to the other language lead to the same place.

/** What stands behind `#`. What is no encoding of anything is taken away: Swagger UI and ReDoc would stumble over it. */
export function anchor() {
  try {
    return decodeURIComponent(location.hash);
  } catch {
    history.replaceState(null, '', location.pathname + location.search);
    return '';
  }
}

/** The operation of this id. It is the same in each language, as names of tags are not. */
export const operationIn = ({ paths }, id) =>
  Object.values(paths)
    .flatMap((item) => Object.values(item))
    .find(({ operationId }) => operationId === id);

/** Lets the links to the languages lead to the place that `hashHere` tells, when somebody is about to follow one. */
export function keepPlace(hashHere) {
  for (const link of document.querySelectorAll('.languages a'))
    for (const sign of ['pointerdown', 'click'])
      link.addEventListener(sign, () => {
        link.hash = hashHere();
      });
}
