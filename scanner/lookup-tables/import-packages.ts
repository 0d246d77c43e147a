/**
 * The package that provides an imported module. Sources: the packages' documentation and the
 * indexes. A module that is not listed here has no known package: another package could have taken
 * the module's name in an index.
 */
import { normalPackageName } from '../../skills-index/skill/ecosystem.ts';

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

// Popular packages, which look-alike names imitate. Sources: the registries' download counts (npm,
// PyPI), reduced to names that everybody knows. A name in this list is never taken for a
// look-alike.

/** By the manager's name in dependency facts. */
export const popularPackages: Readonly<Record<'npm' | 'pip', ReadonlySet<string>>> = {
  npm: set(`
    react react-dom preact next nuxt vue svelte angular express fastify koa hono lodash lodash-es underscore axios node-fetch got request
    superagent undici chalk colors picocolors kleur commander yargs minimist inquirer prompts dotenv cross-env cross-spawn execa shelljs
    zx rimraf mkdirp glob fast-glob globby chokidar nodemon typescript ts-node tsx esbuild webpack rollup parcel vite vitest jest mocha
    chai sinon jasmine playwright puppeteer puppeteer-core cypress eslint tslint eclint jsdoc prettier babel-core core-js moment dayjs date-fns luxon uuid
    nanoid semver debug winston pino morgan body-parser cookie-parser cors helmet passport jsonwebtoken bcrypt bcryptjs crypto-js
    mongoose mongodb mysql mysql2 pg redis ioredis sequelize knex prisma typeorm sqlite3 better-sqlite3 socket.io ws graphql apollo-server
    rxjs redux zustand jquery bootstrap tailwindcss postcss autoprefixer sass less styled-components cheerio jsdom puppeteer-extra sharp
    jimp multer nodemailer handlebars mustache pug marked markdown-it highlight.js discord.js telegraf openai anthropic langchain zod ajv
    joi yup async bluebird through2 readable-stream event-stream bn.js ethers web3 viem electron sharp pdf-lib exceljs xlsx archiver
    tar fs-extra graceful-fs classnames prop-types tslib regenerator-runtime eslint-plugin-import husky lint-staged concurrently
    serialize-javascript ua-parser-js coa faker color-name ansi-styles strip-ansi supports-color`),
  pip: set(`
    requests urllib3 httpx aiohttp flask django fastapi starlette uvicorn gunicorn tornado bottle numpy pandas scipy matplotlib seaborn
    plotly scikit-learn sklearn tensorflow keras torch torchvision torchaudio transformers datasets tokenizers accelerate diffusers
    huggingface-hub sentence-transformers openai anthropic langchain llama-index litellm tiktoken pydantic attrs dataclasses click typer
    rich tqdm colorama termcolor loguru pyyaml ruamel.yaml toml tomli jinja2 markupsafe mako beautifulsoup4 bs4 lxml html5lib scrapy
    selenium playwright pyppeteer mechanize boto3 botocore awscli s3transfer google-cloud-storage google-api-python-client azure-identity
    cryptography pycryptodome pynacl paramiko fabric ansible bcrypt passlib pyjwt python-jose pyopenssl certifi idna chardet
    charset-normalizer setuptools wheel pip pipenv poetry virtualenv tox pytest pytest-cov coverage hypothesis mypy ruff black isort flake8
    pylint bandit pre-commit sphinx mkdocs jupyter notebook ipython ipykernel nbformat sqlalchemy psycopg2 psycopg2-binary pymysql pymongo
    redis celery kombu alembic peewee python-dotenv python-dateutil pytz arrow pendulum pillow opencv-python imageio scikit-image pypdf
    pypdf2 pdfplumber reportlab pymupdf python-docx python-pptx openpyxl xlsxwriter xlrd markdown docutils pygments psutil watchdog
    networkx sympy statsmodels xgboost lightgbm catboost spacy nltk gensim web3 eth-account discord.py python-telegram-bot tweepy praw
    yfinance ccxt websockets websocket-client pyserial pexpect ptyprocess pywin32 pyinstaller cython numba dask polars pyarrow fsspec
    jsonschema simplejson ujson orjson protobuf grpcio zipp packaging six filelock platformdirs typing-extensions`),
};

/**
 * Words in the names of well-known skills: published skills of agents' makers, and the two lists
 * above.
 */
export const popularSkills: ReadonlySet<string> = set(`
  algorithmic-art brand-guidelines canvas-design doc-coauthoring frontend-design internal-comms mcp-builder skill-creator
  slack-gif-creator theme-factory web-artifacts-builder artifacts-builder webapp-testing document-skills`);

/** Common words in names of skills. */
export const nameWords: ReadonlySet<string> = set(`
  parser formatter converter validator generator analyzer analyser reader writer helper manager builder checker scanner tester testing
  reviewer debugger optimizer linter transformer extractor scraper crawler summarizer translator assistant automation browser calendar
  database document documents downloader uploader calculator compiler deployment monitor monitoring notebook organizer playground
  project refactor reporter research scheduler security template terminal workflow wallet weather wikipedia youtube google github gitlab
  spotify telegram discord whatsapp ethereum solana bitcoin polymarket finance trading`);

/**
 * The popular name at a distance of one step (a letter too many, too few, another, or two swapped),
 * if any.
 */
export function lookAlikeOf(name: string, known: ReadonlySet<string>): string | undefined {
  if (name.length < nameLettersMin || known.has(name)) return undefined;
  for (const popular of known)
    if (
      popular.length >= nameLettersMin &&
      Math.abs(popular.length - name.length) <= 1 &&
      isOneStep(name, popular)
    )
      return popular;
  return undefined;
}

const nameLettersMin = 5;

/**
 * Whether two names differ by a slip that readers overlook: two letters swapped, or one doubled.
 */
export function isSlip(a: string, b: string): boolean {
  if (a.length === b.length) return [...a].sort().join('') === [...b].sort().join('');
  return a.replace(/(.)\1/g, '$1') === b.replace(/(.)\1/g, '$1');
}

// Damerau's four kinds of errors. Endings (`s`, digits) distinguish versions and plurals, and are
// no error.
function isOneStep(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  if (short.length < long.length) {
    if (short.slice(at) !== long.slice(at + 1)) return false;
    return !(at === short.length && /[\ds]/.test(long.at(-1) ?? ''));
  }
  if (short.slice(at + 1) === long.slice(at + 1))
    return !(/\d/.test(short[at] ?? '') && /\d/.test(long[at] ?? ''));
  return (
    short[at] === long[at + 1] &&
    short[at + 1] === long[at] &&
    short.slice(at + 2) === long.slice(at + 2)
  );
}

function set(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
