/**
 * The package that provides an imported module. Sources: the packages' documentation and the
 * indexes. A module that is not listed here has no known package: another package could have taken
 * the module's name in an index.
 */
import { normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import { popularPackages } from './popular-packages.ts';

const otherNames: ReadonlyMap<string, string> = new Map(
  `
  Bio biopython  Crypto pycryptodome  Levenshtein levenshtein  MySQLdb mysqlclient  OpenSSL pyopenssl
  PIL pillow  attr attrs  bs4 beautifulsoup4  cairo pycairo  community python-louvain
  cv2 opencv-python-headless  dateutil python-dateutil  discord discord.py  docx python-docx
  dotenv python-dotenv  duckduckgo_search duckduckgo-search  fitz pymupdf  frontmatter python-frontmatter
  gi pygobject  git gitpython  github pygithub  google.genai google-genai
  google.generativeai google-generativeai  grpc grpcio  igraph igraph  jose python-jose  jwt pyjwt
  magic python-magic  markdown markdown  mp_api mp-api  mpl_toolkits matplotlib  nacl pynacl  OpenGL pyopengl
  pkg_resources setuptools  pptx python-pptx  psycopg2 psycopg2-binary  pyaml pyyaml  pymupdf pymupdf
  pythonjsonlogger python-json-logger  ruamel ruamel.yaml  sentence_transformers sentence-transformers
  serial pyserial  skimage scikit-image  sklearn scikit-learn  slugify python-slugify  socks pysocks
  telegram python-telegram-bot  umap umap-learn  usb pyusb  win32com pywin32  yaml pyyaml  zmq pyzmq
  `
    .trim()
    .split(/\s{2,}|\n\s*/)
    .map((pair) => pair.split(' ') as [string, string]),
);

const sameNames: ReadonlySet<string> = new Set(
  `
  aeon anndata arboreto astropy black brotli chardet cobra croniter cssselect datamol dask defusedxml deepchem deeptools
  docxtpl duckdb ebooklib ete3 feedparser flowio fpdf2 geopandas gget graphviz h5py histolab imageio jinja2
  joblib jsonlines jsonpath-ng kaleido lxml markdownify markitdown matchms mido molfeat mutagen ndindex networkx
  neurokit2 numba numexpr odfpy openmm openpyxl orjson pandas pathml patsy pdf2image pdfminer pdfplumber pikepdf
  pint pydeseq2 pydicom pyhealth pylabrobot pymatgen pymc pymoo pyopenms pypdf pypdfium2 pysam pytdc pytesseract
  pytorch-lightning pyvis qiskit qrcode qutip rasterio rdkit regex reportlab requests-toolbelt rich
  sarif-om scanpy scikit-bio scikit-survival scvi-tools seaborn shap shapely simpy spikeinterface stable-baselines3
  statsmodels sympy tabulate timesfm torch torch-geometric torchdrug tree-sitter trafilatura transformers typer
  uncertainties vaex weasyprint wordcloud xarray xlsxwriter xmltodict yara yara-x zarr
  `
    .trim()
    .split(/\s+/),
);

/** The package of a Python module such as `yaml`, in its normal form; undefined when unknown. */
export function distributionOf(module: string): string | undefined {
  const [top = '', second] = module.split('.');
  const other = otherNames.get(`${top}.${second}`) ?? otherNames.get(top);
  if (other !== undefined) return normalPackageName('python', other);
  const name = normalPackageName('python', top);
  return sameNames.has(name) || popularPackages.pip.has(name) ? name : undefined;
}
