package io.imageprocessor;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

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
            .layer("demo")
            .definedBy("io.imageprocessor.demo..")
            .layer("postgres")
            .definedBy("io.imageprocessor.postgres..")
            .layer("trace")
            .definedBy("io.imageprocessor.trace..")
            .layer("local")
            .definedBy("io.imageprocessor.local..")
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
            .whereLayer("postgres")
            .mayOnlyAccessLayers("job", "store", "work")
            .whereLayer("postgres")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("trace")
            .mayNotAccessAnyLayer()
            .whereLayer("trace")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("local")
            .mayNotAccessAnyLayer()
            .whereLayer("local")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("demo")
            .mayOnlyAccessLayers("job")
            .whereLayer("demo")
            .mayNotBeAccessedByAnyLayer()
            .withOptionalLayers(true);

    @ArchTest
    static final ArchRule formatsKnowNothingOfNetworks = noClasses()
            .that()
            .resideInAPackage("io.imageprocessor.image.format..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.imageprocessor..")
                    .and(not(resideInAPackage("io.imageprocessor.image.format.."))));

    /** A job tells whence it comes in the words of W3C; what makes spans of it is not its business. */
    @ArchTest
    static final ArchRule jobsKnowNoTracer = noClasses()
            .that()
            .resideInAPackage("io.imageprocessor.job..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.opentelemetry..", "io.micrometer.tracing.."));

    /** The demo lets downloads reach this machine and prints to the terminal: not for the normal service. */
    @ArchTest
    static final ArchRule demoIsOnlyInItsProfile = classes()
            .that()
            .resideInAPackage("io.imageprocessor.demo..")
            .and()
            .areMetaAnnotatedWith(Component.class)
            .should()
            .beAnnotatedWith(DescribedPredicate.describe(
                    "@Profile(\"demo\")",
                    annotation -> annotation.getRawType().isEquivalentTo(Profile.class)
                            && Arrays.equals(annotation.as(Profile.class).value(), new String[] {"demo"})));
}
