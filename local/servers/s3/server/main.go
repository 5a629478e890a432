// A server of the S3 protocol over a folder: the Versity gateway with one account, on one address.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	address := flag.String("address", "127.0.0.1:7070", "host:port to listen on")
	data := flag.String("data", "", "folder with everything that is stored")
	region := flag.String("region", "us-east-1", "the region that requests are signed for")
	endsWithStdin := flag.Bool("ends-with-stdin", false, "stop at the end of stdin")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if *endsWithStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	if err := serve(ctx, *address, *data, *region); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, address, data, region string) error {
	folder, err := filepath.Abs(data)
	if err != nil {
		return err
	}
	// Metadata is stored in files beside the objects, because not every file system supports extended attributes.
	objects, about := filepath.Join(folder, "objects"), filepath.Join(folder, "about")
	for _, path := range []string{objects, about} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return err
		}
	}
	attributes, err := meta.NewSideCar(about)
	if err != nil {
		return err
	}
	store, err := posix.New(objects, attributes, posix.PosixOpts{SideCarDir: about})
	if err != nil {
		return err
	}
	return embedgw.RunVersityGW(ctx, store, &embedgw.Config{
		RootUserAccess:    os.Getenv("S3_ACCESS_KEY"),
		RootUserSecret:    os.Getenv("S3_SECRET_KEY"),
		Region:            region,
		Ports:             []string{address},
		HealthPath:        "/healthz",
		KeepAlive:         true,
		Quiet:             true,
		MaxConnections:    1_000,
		MaxRequests:       1_000,
		MultipartMaxParts: 10_000,
	})
}
