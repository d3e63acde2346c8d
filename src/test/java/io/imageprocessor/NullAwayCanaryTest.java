package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that the compiler flags of the build detect a null error; otherwise a disabled check would go unnoticed. */
class NullAwayCanaryTest {

    @TempDir
    Path folder;

    @Test
    void rejectsNullInNullMarkedCode() throws Exception {
        assertThat(compile("return null;")).contains("[NullAway] returning @Nullable expression");
    }

    @Test
    void acceptsTheSameCodeWithoutTheNull() throws Exception {
        assertThat(compile("return \"canary\";")).isEmpty();
    }

    private String compile(String statement) throws IOException, InterruptedException {
        Path source = Files.writeString(
                folder.resolve("Canary.java"),
                "package canary; @org.jspecify.annotations.NullMarked class Canary { static String sing() { "
                        + statement + " } }");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "javac").toString());
        command.add("-J-XX:TieredStopAtLevel=1");
        Stream.of("api", "file", "main", "model", "parser", "processing", "tree", "util")
                .map(name -> "-J--add-exports=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED")
                .forEach(command::add);
        Stream.of("code", "comp")
                .map(name -> "-J--add-opens=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED")
                .forEach(command::add);
        String classPath = System.getProperty("java.class.path");
        command.addAll(List.of("-XDcompilePolicy=simple", "--should-stop=ifError=FLOW"));
        command.add(System.getProperty("error-prone.plugin"));
        command.addAll(List.of("-processorpath", classPath, "-classpath", classPath));
        command.addAll(List.of("-proc:none", "-d", folder.toString(), source.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
