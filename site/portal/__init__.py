"""One deployment of the service desk."""
