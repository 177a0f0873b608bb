// ReDoc, a tag of the reference at a time: it renders all that it is given at once, which takes a browser long.
/* global Redoc */
import { anchor, keepPlace, operationIn } from './place.js';

const { lang } = document.documentElement;
const groupTabs = document.getElementById('groups');
const tagTabs = document.getElementById('tags');
const system = 'system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
const options = {
  theme: {
    typography: { fontFamily: system, headings: { fontFamily: system } },
    breakpoints: { small: '50rem', medium: '80rem', large: '105rem' },
  },
  scrollYOffset: () => document.getElementById('bar').offsetHeight,
  hideDownloadButtons: true,
  // Its own scrollbars measure the page for each sample.
  nativeScrollbars: true,
  generatedSamplesMaxDepth: 3,
  labels: JSON.parse(document.body.dataset.labels),
};

/** All refusals of an operation look alike: the first is shown whole, the others by a line each. ReDoc renders each at length. */
function withBriefRefusals({ components }, operation) {
  let isFirst = true;
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    if (!response.$ref || status < '400') return [status, response];
    if (isFirst) {
      isFirst = false;
      return [status, response];
    }
    const { description } = components.responses[response.$ref.split('/').at(-1)];
    return [status, { description }];
  });
  return { ...operation, responses: Object.fromEntries(responses) };
}

/** The document with one tag's operations alone, the introduction before the first; its components are rendered where they are used. */
function only(whole, name) {
  const paths = {};
  for (const [path, item] of Object.entries(whole.paths)) {
    const kept = Object.entries(item).filter(([, operation]) => operation.tags?.includes(name));
    if (kept.length > 0)
      paths[path] = Object.fromEntries(
        kept.map(([method, operation]) => [method, withBriefRefusals(whole, operation)]),
      );
  }
  const { 'x-tagGroups': _groups, info, ...rest } = whole;
  const { description, ...others } = info;
  const isFirst = name === whole.tags[0].name;
  return {
    ...rest,
    info: isFirst ? { ...others, description } : others,
    paths,
    tags: whole.tags.filter((tag) => tag.name === name),
  };
}

const response = await fetch(`/api/v1/openapi.json?lang=${lang}`);
const whole = await response.json();
const groups = whole['x-tagGroups'];

/** One button for each name, of which one is where the reader is. */
function fill(tabs, names, current, go) {
  const buttons = names.map((name) => {
    const tab = document.createElement('button');
    tab.type = 'button';
    tab.textContent = name;
    tab.setAttribute('aria-current', String(name === current));
    tab.addEventListener('click', () => {
      history.replaceState(null, '', location.pathname + location.search);
      go(name);
    });
    return tab;
  });
  const isFocused = tabs.contains(document.activeElement);
  const chosen = buttons[names.indexOf(current)];
  tabs.replaceChildren(...buttons);
  // Who goes by keyboard goes on from there.
  if (isFocused) chosen.focus();
  chosen.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

let shown;
function show(tag) {
  shown = tag;
  const { name, tags } = groups.find((group) => group.tags.includes(tag));
  const firstOf = (group) => groups.find((one) => one.name === group).tags[0];
  fill(
    groupTabs,
    groups.map((group) => group.name),
    name,
    (group) => show(firstOf(group)),
  );
  fill(tagTabs, tags, tag, show);
  const place = document.createElement('div');
  document.getElementById('redoc').replaceChildren(place);
  scrollTo(0, 0);
  Redoc.init(only(whole, tag), options, place);
}

const names = whole.tags.map(({ name }) => name);
/** The id of the operation that the address names. */
const idNamed = () => /operation\/(.+)$/.exec(anchor())?.[1];

/** The tag that the address names, by itself, by its number or by an operation; the first otherwise. */
function tagNamed() {
  const [, plainTag] = /^#tag\/([^/]+)/.exec(anchor()) ?? [];
  const plain = (name) => name.replace(/\s+/g, '-');
  return (
    operationIn(whole, idNamed())?.tags[0] ??
    names.find((name) => plain(name) === plainTag) ??
    names[Number(plainTag)] ??
    names[0]
  );
}

addEventListener('hashchange', () => {
  const tag = tagNamed();
  if (location.hash && tag !== shown) show(tag);
});
show(tagNamed());
keepPlace(() => (idNamed() ? `#operation/${idNamed()}` : `#tag/${names.indexOf(shown)}`));
