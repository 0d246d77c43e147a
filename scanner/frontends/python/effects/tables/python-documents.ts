/**
 * Packages that read and write the files of documents, pictures, tables and structures by path.
 * Sources: the packages' documentation.
 */
import { type PythonApiTable, read, rows, write } from './python-api.ts';

const saves = (owner: string, names = 'save'): PythonApiTable => rows(owner, names, write());

const markup: PythonApiTable = {
  ...rows('xml.etree.ElementTree', 'parse iterparse', read(0, 'source')),
  ...rows('xml.dom.minidom', 'parse', read(0, 'file')),
  ...rows('defusedxml.ElementTree', 'parse iterparse', read(0, 'source')),
  ...rows('defusedxml.minidom', 'parse', read(0, 'file')),
  ...rows('lxml.etree', 'parse iterparse', read(0, 'source')),
  ...saves('xml.etree.ElementTree.parse()', 'write'),
  ...saves('xml.etree.ElementTree.ElementTree()', 'write'),
  ...saves('defusedxml.ElementTree.parse()', 'write'),
  ...saves('lxml.etree.parse()', 'write'),
};

const documents: PythonApiTable = {
  ...rows('openpyxl', 'load_workbook', read(0, 'filename')),
  ...saves('openpyxl.load_workbook()'),
  ...saves('openpyxl.Workbook()'),
  ...rows('docx', 'Document', read(0, 'docx')),
  ...saves('docx.Document()'),
  ...rows('pptx', 'Presentation', read(0, 'pptx')),
  ...saves('pptx.Presentation()'),
  ...rows('pypdf', 'PdfReader', read(0, 'stream')),
  ...saves('pypdf.PdfWriter()', 'write'),
  ...rows('PyPDF2', 'PdfReader', read(0, 'stream')),
  ...saves('PyPDF2.PdfWriter()', 'write'),
  ...rows('pdfplumber', 'open', read(0, 'path_or_fp')),
  ...rows('fitz', 'open', read(0, 'filename')),
  ...saves('fitz.open()'),
  ...rows('pdf2image', 'convert_from_path', read(0, 'pdf_path')),
  ...rows('reportlab.pdfgen.canvas', 'Canvas', write()),
};

const pictures: PythonApiTable = {
  ...rows('PIL.Image', 'open', read(0, 'fp')),
  ...saves('PIL.Image.open()'),
  ...saves('PIL.Image.new()'),
  ...rows('cv2', 'imread', read(0, 'filename')),
  ...rows('cv2', 'imwrite', write()),
  ...rows('imageio', 'imread mimread', read(0, 'uri')),
  ...rows('imageio', 'imwrite mimsave', write()),
  ...rows('matplotlib.pyplot', 'savefig imsave', write()),
  ...saves('matplotlib.pyplot.figure()', 'savefig'),
};

const figures: PythonApiTable = {
  ...saves('pandas.DataFrame()', 'to_csv to_json to_excel to_parquet to_html to_markdown'),
  ...saves('pandas.read_csv()', 'to_csv to_json to_excel to_parquet to_html to_markdown'),
  ...saves('pandas.read_excel()', 'to_csv to_json to_excel to_parquet to_html to_markdown'),
  ...rows('pandas', 'ExcelWriter', write()),
  ...rows('numpy', 'save savez savez_compressed savetxt', write()),
  ...rows('pydicom', 'dcmread', read(0, 'fp')),
  ...saves('pydicom.dcmread()', 'save_as'),
  ...rows('scanpy', 'read read_h5ad read_10x_h5', read(0, 'filename')),
  ...rows('anndata', 'read_h5ad', read(0, 'filename')),
  ...rows('h5py', 'File', read(0, 'name')),
};

/** Qualified name → its effects. */
export const pythonDocuments: PythonApiTable = {
  ...markup,
  ...documents,
  ...pictures,
  ...figures,
};
