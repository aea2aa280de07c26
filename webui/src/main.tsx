import { render } from "preact";

render(<main>Vratar</main>, document.getElementById("app")!);
