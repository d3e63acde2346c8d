package io.imageprocessor;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms and the only arrows allowed between them; docs/architecture.md draws the same picture. */
@AnalyzeClasses(packages = "io.imageprocessor", importOptions = DoNotIncludeTests.class)
class RoomsTest {

    @ArchTest
    static final ArchRule noCircles =
            slices().matching("io.imageprocessor.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheseArrows = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("api")
            .definedBy("io.imageprocessor.api..")
            .layer("store")
            .definedBy("io.imageprocessor.store..")
            .layer("job")
            .definedBy("io.imageprocessor.job..")
            .layer("image")
            .definedBy("io.imageprocessor.image..")
            .layer("gpu")
            .definedBy("io.imageprocessor.gpu..")
            .layer("work")
            .definedBy("io.imageprocessor.work..")
            .whereLayer("api")
            .mayOnlyAccessLayers("job", "store")
            .whereLayer("store")
            .mayNotAccessAnyLayer()
            .whereLayer("job")
            .mayOnlyAccessLayers("store")
            .whereLayer("image")
            .mayNotAccessAnyLayer()
            .whereLayer("gpu")
            .mayNotAccessAnyLayer()
            .whereLayer("work")
            .mayOnlyAccessLayers("job", "image", "gpu")
            .withOptionalLayers(true);
}
