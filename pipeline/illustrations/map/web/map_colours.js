"use strict";
// What the map can be coloured by, with a legend whose entries choose their points.

// Told apart by most people, also with a colour deficiency where they are neighbours here.
const CLASS_COLOURS = ["#e0762b", "#2f7fd0", "#3aa655", "#b64fc8", "#d9b310", "#17a2a2", "#d6336c",
  "#7a5c3e", "#6b6fd8", "#8fb339", "#e58fb1", "#4c6a77"];
const NO_COLOUR_HERE = "#8a909c";
// From low to high: viridis at five places.
const SCALE = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
const MAX_ENTRIES = 30; // of the legend

/** A choice of colours: of each point, and what they mean. */
class Colours {
  constructor(data, grid) {
    this.data = data;
    this.grid = grid;
  }

  /** { colourOf, entries, range } of "", "cluster", "class:n", "number:n" or "tag:NAME". */
  of(choice) {
    const [kind, ...rest] = choice.split(":"), name = rest.join(":");
    const { clusters, cluster, classes } = this.data;
    if (kind === "cluster") return ofClasses(clusters.map(clusterName), cluster);
    if (kind === "class") return ofClasses(classes[name].values, classes[name].of);
    if (kind === "number") return this.ofNumber(Number(name));
    if (kind === "tag") return this.ofTag(name);
    return { colourOf: null, entries: [] };
  }

  ofTag(tag) {
    const has = this.grid.tiles.map(({ tags = [] }) => tags.includes(tag));
    return ofClasses([tag], has.map((one) => (one ? 0 : -1)));
  }

  ofNumber(n) {
    const values = this.grid.tiles.map(({ facts = [] }) => facts[n] ?? null);
    const known = values.filter((value) => value !== null).sort((one, other) => one - other);
    const low = known[0], high = known.at(-1);
    return {
      colourOf: (number) =>
        values[number] === null ? NO_COLOUR_HERE : scaleColour((values[number] - low) / (high - low)),
      entries: [],
      range: { low, high, ...this.grid.facts[n] },
    };
  }
}

/** The name of a cluster in the page's language. */
function clusterName({ words }, number) {
  return words.length ? words.join(" · ") : phrase("map.cluster_number", { n: number + 1 });
}

/** Colours of classes `names`, of which each point has one (`of`), or none (-1). */
function ofClasses(names, of) {
  const members = names.map(() => []);
  of.forEach((place, number) => members[place]?.push(number));
  const colour = (place) => CLASS_COLOURS[place % CLASS_COLOURS.length];
  return {
    colourOf: (number) => (of[number] < 0 ? NO_COLOUR_HERE : colour(of[number])),
    entries: names.map((name, place) => ({ name, colour: colour(place), members: members[place] })),
  };
}

/** A colour for a share of 0 to 1. */
function scaleColour(share) {
  const place = Math.min(1, Math.max(0, share)) * (SCALE.length - 1);
  const low = Math.min(SCALE.length - 2, Math.floor(place)), part = place - low;
  const mixed = SCALE[low].map((from, n) => Math.round(from + part * (SCALE[low + 1][n] - from)));
  return `rgb(${mixed.join(" ")})`;
}

/** Lists what colours mean; fires "choose" with the points of an entry. */
class Legend extends EventTarget {
  constructor() {
    super();
    this.list = byId("map-legend");
    this.range = byId("map-range");
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const { members } = this.entries[Number(button.dataset.entry)];
      this.dispatchEvent(new CustomEvent("choose", { detail: members }));
    });
  }

  show({ entries, range }) {
    this.entries = entries;
    const items = entries.slice(0, MAX_ENTRIES).map((entry, n) => this.item(entry, n));
    const rest = entries.length - MAX_ENTRIES;
    if (rest > 0) items.push(phraseElement("li", "map.more", { n: numberText(rest) }));
    this.list.replaceChildren(...items);
    this.list.hidden = items.length === 0;
    this.range.hidden = !range;
    if (!range) return;
    const text = (value) => range.name === "time" ? clockText(value) : numberText(value, range.digits);
    byId("map-low").textContent = text(range.low);
    byId("map-high").textContent = text(range.high);
  }

  item({ name, colour, members }, n) {
    const item = document.createElement("li"), button = document.createElement("button");
    const swatch = document.createElement("i");
    button.type = "button";
    button.dataset.entry = n;
    swatch.style.background = colour;
    button.append(swatch, textElement("bdi", name), textElement("small", numberText(members.length)));
    item.append(button);
    return item;
  }
}
