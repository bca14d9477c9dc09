// benthos, the core of Redpanda Connect, with the components that the benchmark uses.
package main

import (
	"context"
	"net/http"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

func main() {
	// Go keeps 2 idle connections to a host; the 14 others would be opened anew for each request.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 16
	service.RunCLI(context.Background())
}
