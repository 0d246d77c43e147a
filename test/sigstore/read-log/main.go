// Reads a log of C2SP tiles over HTTP with the Go project's own implementation of notes and trees, which shares no code with ours: verifies
// the checkpoint's signature, each hash tile against its root, every leaf's inclusion, and computes the root anew from the entries alone.
//
//	read-log BASE-URL ORIGIN PUBLIC-KEY(base64, 32 bytes)
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) != 4 {
		fail("usage: read-log BASE-URL ORIGIN PUBLIC-KEY")
	}
	base, origin := strings.TrimSuffix(os.Args[1], "/"), os.Args[2]
	tree := checkpoint(base, origin, os.Args[3])
	hashes := tlog.TileHashReader(tree, &tiles{base: base, cached: map[string][]byte{}})

	entries := readEntries(base, tree.N)
	var stored []tlog.Hash
	again := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	for i, entry := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(i), hashes)
		check(err, "proof of leaf %d", i)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, int64(i), tlog.RecordHash(entry)), "inclusion of leaf %d", i)
		more, err := tlog.StoredHashes(int64(i), entry, again)
		check(err, "leaf %d", i)
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(tree.N, again)
	check(err, "root")
	if root != tree.Hash {
		fail("the entries make the root %v, the checkpoint says %v", root, tree.Hash)
	}
	fmt.Printf("checkpoint of %s signed; %d of %d leaves included; root from the entries %v\n", origin, len(entries), tree.N, root)
}

func checkpoint(base, origin, key string) tlog.Tree {
	public, err := base64.StdEncoding.DecodeString(key)
	check(err, "public key")
	text, err := note.NewEd25519VerifierKey(origin, ed25519.PublicKey(public))
	check(err, "public key")
	verifier, err := note.NewVerifier(text)
	check(err, "public key")
	opened, err := note.Open(get(base, "checkpoint"), note.VerifierList(verifier))
	check(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != origin {
		fail("the checkpoint is of %q", lines[0])
	}
	var tree tlog.Tree
	_, err = fmt.Sscan(lines[1], &tree.N)
	check(err, "size of the checkpoint")
	tree.Hash, err = tlog.ParseHash(lines[2])
	check(err, "root of the checkpoint")
	return tree
}

// C2SP writes a tile's path as the checksum database does, without the height.
type tiles struct {
	base   string
	cached map[string][]byte
}

func (t *tiles) Height() int                         { return 8 }
func (t *tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		if t.cached[path] == nil {
			t.cached[path] = get(t.base, path)
		}
		all = append(all, t.cached[path])
	}
	return all, nil
}

func readEntries(base string, size int64) [][]byte {
	var entries [][]byte
	for first := int64(0); first < size; first += 256 {
		width := min(256, size-first)
		path := tlog.Tile{H: 8, L: -1, N: first / 256, W: int(width)}.Path()
		data := get(base, strings.Replace(path, "tile/8/data/", "tile/entries/", 1))
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data)) + 2
			entries = append(entries, data[2:length])
			data = data[length:]
		}
	}
	if int64(len(entries)) != size {
		fail("%d entries, the checkpoint says %d", len(entries), size)
	}
	return entries
}

func get(base, path string) []byte {
	response, err := http.Get(base + "/" + path)
	check(err, "%s", path)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	check(err, "%s", path)
	if response.StatusCode != http.StatusOK {
		fail("%s: status %d", path, response.StatusCode)
	}
	return data
}

func check(err error, what string, args ...any) {
	if err != nil {
		fail("%s: %v", fmt.Sprintf(what, args...), err)
	}
}

func fail(what string, args ...any) {
	fmt.Fprintf(os.Stderr, what+"\n", args...)
	os.Exit(1)
}
