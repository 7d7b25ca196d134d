"""What leaves the program: files and tables made from a report and from the registries."""
