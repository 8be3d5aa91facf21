//! The pages: an editor, a drawing in three dimensions, a viewer of documents, a design system.

use holdall_static::{Collector, Directories, Embedded, ImportMap, Manifest, Severity};

use super::driver::with_browser;
use super::pdf;
use super::site::Site;
use super::visit::visit;

/// The start of a page; without an icon of its own a browser asks for one that is not there.
const HEAD: &str =
    "<!doctype html><html lang=en><meta charset=utf-8><title>Page</title><link rel=icon href='data:,'>";

/// The address of the hashed file.
fn url(manifest: &Manifest, name: &str) -> String {
    format!("/static/{}", manifest.get(name).unwrap_or_else(|| panic!("{name} was not collected")))
}

/// The directory of a package, under a prefix of its own.
fn package(prefix: &str, path: &str) -> Option<Directories> {
    let packages = crate::packages()?;
    Some(Directories::prefixed(prefix, packages.join("node_modules").join(path)).unwrap())
}

/// three's modules, by an import map and by references among them, none under its own name. The drawing is SVG, since
/// not every machine has WebGL.
#[tokio::test(flavor = "multi_thread")]
async fn three_draws_from_hashed_modules_alone() {
    let Some(three) = package("three", "three") else { return };
    let main = "import * as THREE from 'three';\n\
        import { OrbitControls } from 'three/addons/controls/OrbitControls.js';\n\
        import { SVGRenderer } from 'three/addons/renderers/SVGRenderer.js';\n\
        const scene = new THREE.Scene();\n\
        scene.background = new THREE.Color(0xf0f0f0);\n\
        const camera = new THREE.PerspectiveCamera(60, 16 / 9, 0.1, 100);\n\
        camera.position.set(2, 2, 3);\n\
        const renderer = new SVGRenderer();\n\
        renderer.setSize(960, 540);\n\
        document.body.appendChild(renderer.domElement);\n\
        new OrbitControls(camera, renderer.domElement).update();\n\
        const material = new THREE.MeshBasicMaterial({ color: 0x2a6f97 });\n\
        const edges = new THREE.LineBasicMaterial({ color: 0xd62828, linewidth: 4 });\n\
        const knot = new THREE.TorusKnotGeometry(0.8, 0.25, 48, 8);\n\
        scene.add(new THREE.Mesh(knot, material));\n\
        scene.add(new THREE.LineSegments(new THREE.EdgesGeometry(new THREE.BoxGeometry(2.4, 2.4, 2.4)), edges));\n\
        renderer.render(scene, camera);\n\
        const paths = [...renderer.domElement.querySelectorAll('path')];\n\
        window.drawn = paths.map(path => path.getAttribute('d')).join('').length;\n";
    let map = ImportMap::new()
        .pin("three", "three/build/three.module.js")
        .pin_prefix("three/addons/", "three/examples/jsm");
    let collector = Collector::new()
        .finder(Embedded::new([("page/main.js", main)]).unwrap())
        .finder(three)
        .import_map(map)
        .missing("*", "*", Severity::Warning)
        .copies(false);
    with_browser(async |browser| {
        let page = |manifest: &Manifest| {
            let map = manifest.import_map_json(|name| format!("/static/{name}"));
            let main = url(manifest, "page/main.js");
            format!(
                "{HEAD}<script type=importmap>{map}</script><body><script type=module src={main}></script>"
            )
        };
        let (site, _) = Site::serve(collector, page).await;
        let client = browser.window(true).await;
        visit(&client, &site, "three", "return window.drawn > 10000").await;
        assert_eq!(site.asked_by_own_name(), Vec::<String>::new());
        for module in ["three/build/three.core.js", "three/examples/jsm/renderers/Projector.js"] {
            let path = url(&site.manifest, module);
            assert!(site.asked().iter().any(|(asked, _)| *asked == path), "{module} was not asked for");
        }
    })
    .await;
}

/// A page of a PDF: module and worker under hashed names, by a reference in a module of the page; and what the worker
/// loads when it sees what it needs, under own names.
#[tokio::test(flavor = "multi_thread")]
async fn pdfjs_shows_a_page_with_its_hashed_worker() {
    let Some(pdfjs) = package("pdfjs", "pdfjs-dist") else { return };
    let main = "import * as pdfjs from '../pdfjs/build/pdf.mjs';\n\
        pdfjs.GlobalWorkerOptions.workerSrc = new URL('../pdfjs/build/pdf.worker.mjs', import.meta.url).href;\n\
        const base = '/static/pdfjs/';\n\
        const file = new URL('page.pdf', import.meta.url).href;\n\
        const document_ = await pdfjs.getDocument({\n\
            url: file, cMapUrl: base + 'cmaps/', cMapPacked: true, iccUrl: base + 'iccs/',\n\
            standardFontDataUrl: base + 'standard_fonts/', wasmUrl: base + 'wasm/', useSystemFonts: false,\n\
        }).promise;\n\
        const page = await document_.getPage(1);\n\
        const viewport = page.getViewport({ scale: 1 });\n\
        const canvas = document.querySelector('canvas');\n\
        canvas.width = viewport.width;\n\
        canvas.height = viewport.height;\n\
        await page.render({ canvas, viewport }).promise;\n\
        const text = await page.getTextContent();\n\
        window.shown = text.items.map(item => item.str).filter(text => text).join('|');\n";
    let document = pdf::page();
    let files = [("page/main.js", main.to_owned()), ("page/page.pdf", document)];
    let collector = Collector::new().finder(Embedded::new(files).unwrap()).finder(pdfjs).missing(
        "*",
        "*",
        Severity::Warning,
    );
    with_browser(async |browser| {
        let page = |manifest: &Manifest| {
            format!(
                "{HEAD}<body><canvas></canvas><script type=module src={}></script>",
                url(manifest, "page/main.js")
            )
        };
        let (site, _) = Site::serve(collector, page).await;
        let client = browser.window(true).await;
        visit(&client, &site, "pdfjs", "return window.shown !== undefined").await;
        let shown = client.execute("return window.shown", Vec::new()).await.unwrap();
        assert_eq!(shown, "Holdall collected this|日本語");
        let own = site.asked_by_own_name();
        // What is put together when it runs, and nothing else.
        let by_name = ["pdfjs/cmaps/", "pdfjs/iccs/", "pdfjs/standard_fonts/", "pdfjs/wasm/"];
        let others: Vec<_> =
            own.iter().filter(|name| !by_name.iter().any(|folder| name.starts_with(folder))).collect();
        assert!(others.is_empty(), "{others:?}");
        let is_asked_for = |folder| own.iter().any(|name| name.starts_with(folder));
        assert!(is_asked_for("pdfjs/cmaps/") && is_asked_for("pdfjs/wasm/"), "{own:?}");
        let worker = url(&site.manifest, "pdfjs/build/pdf.worker.mjs");
        assert!(site.asked().iter().any(|(path, _)| *path == worker), "{:?}", site.asked());
    })
    .await;
}

/// Monaco, an editor that loads its parts with a loader of its own when it runs: those under own names, with the worker
/// that they start.
#[tokio::test(flavor = "multi_thread")]
async fn monaco_comes_up_with_its_worker() {
    let Some(monaco) = package("vs", "monaco-editor/min/vs") else { return };
    let collector = Collector::new().finder(monaco).missing("*", "*", Severity::Warning);
    with_browser(async |browser| {
        let page = |manifest: &Manifest| {
            let (loader, style) = (url(manifest, "vs/loader.js"), url(manifest, "vs/editor/editor.main.css"));
            format!(
                "{HEAD}<link rel=stylesheet href={style}><body><div id=editor style='height: 600px'></div>\
                 <script src={loader}></script><script>\
                 require.config({{ paths: {{ vs: '/static/vs' }} }});\
                 require(['vs/editor/editor.main'], monaco => {{\
                   const editor = monaco.editor.create(document.getElementById('editor'), {{\
                     language: 'json', value: '{{ \"collected\": true, }}' }});\
                   monaco.editor.onDidChangeMarkers(() => {{\
                     window.markers = monaco.editor.getModelMarkers({{}}).map(marker => marker.message); }});\
                   window.editor = editor;\
                 }});</script>"
            )
        };
        let (site, _) = Site::serve(collector, page).await;
        let client = browser.window(true).await;
        // The language's worker has read the text and found the comma.
        let is_ready = "return (window.markers || []).some(message => /comma/i.test(message)) \
                        && document.querySelectorAll('.view-line span span').length > 3";
        visit(&client, &site, "monaco", is_ready).await;
        let asked = site.asked();
        assert!(asked.iter().any(|(path, _)| path.contains("json.worker")), "{asked:?}");
    })
    .await;
}

/// A style sheet with all that it refers to, none under its own name.
#[tokio::test(flavor = "multi_thread")]
async fn tabler_shows_its_styles_from_hashed_files_alone() {
    let Some(tabler) = package("tabler", "@tabler/core/dist") else { return };
    let collector = Collector::new().finder(tabler).missing("*", "*", Severity::Warning).copies(false);
    with_browser(async |browser| {
        let page = |manifest: &Manifest| {
            let [style, flags, script] = ["css/tabler.css", "css/tabler-flags.css", "js/tabler.js"]
                .map(|name| url(manifest, &format!("tabler/{name}")));
            format!(
                "{HEAD}<link rel=stylesheet href={style}><link rel=stylesheet href={flags}><body class=p-4>\
                 <div class=card><div class=card-header><h3 class=card-title>Collected</h3></div><div class=card-body>\
                 <span class='flag flag-country-kr flag-lg'></span> <span class='flag flag-country-de flag-lg'></span> \
                 <a class='btn btn-primary' data-bs-toggle=dropdown href='#'>Menu</a>\
                 <div class=dropdown-menu><a class=dropdown-item href='#'>Item</a></div></div></div>\
                 <script src={script}></script>"
            )
        };
        let (site, _) = Site::serve(collector, page).await;
        let client = browser.window(true).await;
        let is_ready = "if (!window.clicked) { window.clicked = true; document.querySelector('.btn').click(); } \
                        return !!document.querySelector('.dropdown-menu.show') && document.readyState === 'complete'";
        visit(&client, &site, "tabler", is_ready).await;
        assert_eq!(site.asked_by_own_name(), Vec::<String>::new());
        for flag in ["kr", "de"] {
            let path = url(&site.manifest, &format!("tabler/img/flags/{flag}.svg"));
            assert!(site.asked().iter().any(|(asked, _)| *asked == path), "{path} was not asked for");
        }
    })
    .await;
}
