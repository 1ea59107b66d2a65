"use strict";
// Ties the map's parts together, and to the grid of pictures below it.

class MapControls {
  constructor(data, { grid, shown, opened, controls }) {
    this.data = data;
    this.shown = shown;
    this.all = grid.tiles.length;
    this.arrangements = { free: Arrangement.free(data), grid: Arrangement.grid(data) };
    this.painter = new MapPainter(grid.sheets, data.overview);
    this.view = new MapView(this.painter, grid.tiles.map(({ name }) => name));
    this.colours = new Colours(data, grid);
    this.legend = new Legend();
    this.form = byId("map-controls");
    this.opened = opened;
    this.gridControls = controls;
    this.wire();
    this.colour();
    this.tell();
    this.arrange();
  }

  wire() {
    const { view, shown, form } = this;
    const { colour, look, arrangement } = form.elements;
    colour.addEventListener("change", () => this.colour());
    look.addEventListener("change", () => this.painter.setLook({ dots: look.value === "dots" }));
    arrangement.addEventListener("change", () => this.arrange());
    form.addEventListener("submit", (event) => event.preventDefault());
    const buttons = {
      "map-in": () => view.zoomBy(ZOOM),
      "map-out": () => view.zoomBy(1 / ZOOM),
      "map-fit": () => view.fit(),
      "map-lasso": () => this.lasso(!view.isLassoing),
      "map-in-view": () => this.chooseInView(),
      "map-clear": () => this.gridControls.form.reset(),
      "map-save-names": () => this.saveNames(),
      "map-save-table": () => this.gridControls.saveCsv(),
    };
    for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener("click", action);
    view.addEventListener("open", ({ detail }) => this.open(detail));
    view.addEventListener("lasso", ({ detail }) => this.choose(detail));
    this.legend.addEventListener("choose", ({ detail }) => {
      this.choose(detail);
      this.fitTo(detail);
    });
    shown.addEventListener("change", () => this.tell());
    this.gridControls.form.addEventListener("reset", () => shown.restrict(null));
    document.addEventListener("languagechange", () => {
      this.colour();
      this.tell();
      view.clusters = this.namedClusters();
      view.redraw();
    });
  }

  /** Opens a picture; closed again, it leads back here. */
  open(number) {
    const back = () => this.view.element.focus({ preventScroll: true });
    this.opened.addEventListener("close", back, { once: true });
    this.opened.open(number);
  }

  arrange() {
    const { value } = this.form.elements.arrangement;
    this.view.show(this.arrangements[value], this.namedClusters());
  }

  /** Clusters that words name, and where these stand in the arrangement. */
  namedClusters() {
    const { column, row, clusters } = this.data;
    const columns = Math.max(...column) + 1, rows = Math.max(...row) + 1;
    const isGrid = this.form.elements.arrangement.value === "grid";
    const place = (cell, cells) => (2 * cell + 1 - cells) / columns;
    return clusters.filter(({ words }) => words.length).map((cluster, number) => ({
      name: clusterName(cluster, number),
      x: isGrid ? place(cluster.column, columns) : cluster.x,
      y: isGrid ? place(cluster.row, rows) : cluster.y,
    }));
  }

  colour() {
    const colours = this.colours.of(this.form.elements.colour.value);
    this.painter.setLook({ colourOf: colours.colourOf });
    this.legend.show(colours);
  }

  lasso(isOn) {
    this.view.isLassoing = isOn;
    byId("map-lasso").setAttribute("aria-pressed", String(isOn));
    this.view.element.classList.toggle("lassoing", isOn);
  }

  choose(numbers) {
    this.shown.restrict(new Set(numbers));
    this.lasso(false);
  }

  chooseInView() {
    const { left, top, right, bottom } = this.view.bounds;
    this.choose(this.view.arrangement.within(left, top, right, bottom));
  }

  fitTo(numbers) {
    const { x, y } = this.view.arrangement, margin = 0.02;
    const ends = (values) => {
      const sorted = numbers.map((number) => values[number]).sort((one, other) => one - other);
      return [sorted[0] - margin, sorted.at(-1) + margin];
    };
    const [[left, right], [top, bottom]] = [ends(x), ends(y)];
    this.view.fitTo(left, top, right, bottom);
  }

  /** Says how many pictures are chosen, and dims the others. */
  tell() {
    const { shown, all } = this, count = shown.numbers.length, isPart = count < all;
    const values = { n: numberText(count), all: numberText(all) };
    setPhrase(byId("map-told"), isPart ? "map.chosen" : "map.all", values);
    for (const id of ["map-clear", "map-save-names", "map-save-table"]) byId(id).hidden = !isPart;
    this.painter.setLook({ isShown: isPart ? (number) => shown.placeOf(number) >= 0 : null });
  }

  /** Downloads the names of the chosen pictures, one a line. */
  saveNames() {
    const { tiles } = this.gridControls;
    const names = this.shown.numbers.map((number) => tiles[number].name);
    saveFile("map.txt", "text/plain", `${names.join("\n")}\n`);
  }
}

const mapControls = new MapControls(JSON.parse(byId("map-data").textContent), pictureGrid);
